"""Supergraphs by topic, with neutral names: each shows one thing that a planner has to get right."""

from __future__ import annotations

CATALOGUE: dict[str, dict[str, str]] = {
    "keys": {
        "products": """
            type Query { product(id: ID!): Product products: [Product!]! }
            type Product @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! name: String }
        """,
        "reviews": """
            type Query { top: [Review] }
            type Review @key(fields: "id") { id: ID! body: String product: Product author: User! }
            type Product @key(fields: "id") { id: ID! reviews: [Review!] }
            type User @key(fields: "email") { email: ID! reviews: [Review] }
        """,
        "stock": """
            type Product @key(fields: "upc") { upc: ID! inStock: Boolean warehouses: [[Warehouse]] }
            type Warehouse @key(fields: "id org { id }") { id: ID! org: Org! }
            type Org @shareable { id: ID! }
        """,
        "places": """
            type Warehouse @key(fields: "id org { id }") { id: ID! org: Org! city: String }
            type Org @shareable { id: ID! name: String }
        """,
        "users": """
            type User @key(fields: "id") @key(fields: "email") { id: ID! email: ID! name: String! friends: [User!] }
            type Query { me: User user(id: ID!): User }
        """,
    },
    "values": {
        "a": """
            type Query { nodes: [Node] any: [Any] }
            interface Node { id: ID! sub: Sub face: Face }
            union Any = One | Two
            type One implements Node @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable }
            type Two implements Node @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable }
            type Sub @shareable { n: Int }
            interface Face { f: Int }
            type X implements Face @shareable { f: Int }
            type Y implements Face @shareable { f: Int }
        """,
        "b": """
            type One @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable }
            type Two @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable }
            type Sub @shareable { n: Int far: Int }
            interface Face { g: Int }
            type X implements Face @shareable { g: Int }
            type Y implements Face @shareable { g: Int }
        """,
    },
    "chains": {
        "a": """
            type Query { t: T }
            type T @key(fields: "id") { id: ID! base: Int maker: Maker }
            type Maker @key(fields: "id") { id: ID! }
        """,
        "b": """
            type T @key(fields: "id") { id: ID! base: Int @external code: ID @shareable @requires(fields: "base") }
            type Maker @key(fields: "id") { id: ID! city: City }
            type City @key(fields: "code") { code: ID! }
        """,
        "c": """
            type T @key(fields: "code") { code: ID @shareable far: Int }
            type City @key(fields: "code") { code: ID! tax: Int }
        """,
        "d": """
            type T @key(fields: "id") {
              id: ID! maker: Maker @external cost: Int @requires(fields: "maker { city { tax } }")
            }
            type Maker @key(fields: "id") { id: ID! city: City @external }
            type City @key(fields: "code") { code: ID! tax: Int @external }
        """,
    },
    "parents": {
        "a": """
            type Query { page: Page @shareable item: Item }
            type Page @shareable { title: String meta: Meta }
            type Meta @shareable { lang: String size: Size }
            type Size @shareable { w: Int }
            type Item @key(fields: "id") { id: ID! details: Details @shareable }
            type Details @shareable { weight: Int box: Box }
            type Box @shareable { length: Int }
        """,
        "b": """
            type Query { page: Page @shareable }
            type Page @shareable { meta: Meta views: Int }
            type Meta @shareable { author: String size: Size }
            type Size @shareable { h: Int }
            type Item @key(fields: "id") { id: ID! details: Details @shareable }
            type Details @shareable { colour: String box: Box }
            type Box @shareable { height: Int }
        """,
    },
    "requires": {
        "catalog": """
            type Query { items: [Item] item: Item }
            type Item @key(fields: "id") {
              id: ID! price: Int weight: Float size: Size parts: [Part!] media: Media other: Item
              cost(currency: String): Int
            }
            type Size { w: Int h: Int }
            type Part @key(fields: "id") { id: ID! }
            union Media = Book | Film
            type Book { pages: Int }
            type Film { minutes: Int }
        """,
        "parts": """
            type Part @key(fields: "id") { id: ID! mass: Int lists: [[Leaf]] }
            type Leaf @shareable { v: Int }
        """,
        "shipping": """
            type Item @key(fields: "id") {
              id: ID! price: Int @external weight: Float @external size: Size @external parts: [Part!] @external
              media: Media @external cost(currency: String): Int @external tax: Int @external
              estimate: Int @requires(fields: "price weight")
              volume: Int @requires(fields: "size { w h }")
              mass: Int @requires(fields: "parts { mass lists { v } }")
              length: String @requires(fields: "media { ... on Book { pages } ... on Film { minutes } }")
              dollars: Int @requires(fields: "cost(currency: \\"USD\\")")
              euros: Int @requires(fields: "cost(currency: \\"EUR\\")")
              total: Int @requires(fields: "tax")
              free: Boolean
            }
            type Size { w: Int @external h: Int @external }
            type Part @key(fields: "id") { id: ID! mass: Int @external lists: [[Leaf]] @external }
            type Leaf @shareable { v: Int }
            union Media = Book | Film
            type Book { pages: Int @external }
            type Film { minutes: Int @external }
        """,
        "taxes": """
            type Item @key(fields: "id") {
              id: ID! estimate: Int @external total: Int @external
              tax: Int @requires(fields: "estimate")
              grand: Int @requires(fields: "total")
            }
        """,
    },
    "provides": {
        "a": """
            type Query { review: Review plain: Product media: [Media] owned: [Owned] }
            interface Owned { id: ID! owner: Product }
            type Review @key(fields: "id") {
              id: ID! product: Product @provides(fields: "name maker { label }") bare: Product
            }
            type Product @key(fields: "id") { id: ID! name: String @external maker: Maker @external }
            type Maker @key(fields: "id") { id: ID! label: String @external }
            union Media = Clip | Song
            type Clip implements Owned @key(fields: "id") { id: ID! owner: Product @provides(fields: "name") }
            type Song implements Owned @key(fields: "id") { id: ID! owner: Product }
        """,
        "b": """
            type Product @key(fields: "id") { id: ID! name: String @shareable maker: Maker @shareable price: Int }
            type Maker @key(fields: "id") { id: ID! label: String @shareable }
        """,
    },
    "override": {
        "old": """
            type Query { feed: [Post] node: Node }
            interface Node { id: ID! created: String }
            type Post implements Node @key(fields: "id") { id: ID! created: String title: String }
            type Image implements Node @key(fields: "id") { id: ID! created: String url: String }
        """,
        "new": """
            type Post @key(fields: "id") { id: ID! created: String @override(from: "old") likes: Int }
            type Image @key(fields: "id") { id: ID! created: String @override(from: "old") }
        """,
        "calc": """
            type Post @key(fields: "id") {
              id: ID! created: String @external age: Int @requires(fields: "created")
            }
        """,
    },
    "abstract": {
        "media": """
            type Query { media: [Media] works: [Work!] one: Work anything: Any }
            interface Media { id: ID! title: String }
            interface Work { id: ID! }
            type Book implements Media & Work @key(fields: "id") { id: ID! title: String pages: Int }
            type Film implements Media & Work @key(fields: "id") { id: ID! title: String minutes: Int }
            type Game implements Work @key(fields: "id") { id: ID! level: String @shareable }
            union Any = Book | Film | Game
        """,
        "ratings": """
            type Query { rated: Rated }
            interface Rated { rating: Int! }
            type Book implements Rated @key(fields: "id") { id: ID! rating: Int! similar: [Rated!] author: Person }
            type Film implements Rated @key(fields: "id") { id: ID! rating: Int! author: Studio }
            type Game @key(fields: "id") { id: ID! level: String @shareable stars: Int! }
            type Person @key(fields: "id") { id: ID! name: String! }
            type Studio @key(fields: "id") { id: ID! name: String }
        """,
        "people": """
            type Person @key(fields: "id") { id: ID! born: Int }
            type Studio @key(fields: "id") { id: ID! born: String }
        """,
    },
    "unions": {
        "a": """
            type Query { shared: Thing @shareable own: Thing holder: Holder @shareable }
            type Holder @shareable { thing: Thing name: String }
            union Thing = Book | Song
            type Book @shareable { title: String }
            type Song @shareable { title: String }
        """,
        "b": """
            type Query { shared: Thing @shareable other: Thing holder: Holder @shareable }
            type Holder @shareable { thing: Thing count: Int }
            union Thing = Book | Movie
            type Book @shareable { title: String }
            type Movie @shareable { title: String! length: Int }
        """,
    },
    "mismatch": {
        "a": """
            type Query { users: [User!]! }
            type User @key(fields: "id") { id: ID! name: String @shareable best: User }
        """,
        "b": """
            type Query { accounts: [Account!]! }
            union Account = User | Admin
            type User @key(fields: "id") { id: ID! name: String! @shareable similar: [Account!] }
            type Admin @key(fields: "id") { id: ID! name: String similar: [Account!]! }
        """,
    },
    "hidden": {
        "a": """
            type Query { things: [Thing] secret: Secret @inaccessible colour: Colour find(by: By): Thing }
            interface Thing { id: ID! }
            type Open implements Thing @key(fields: "id") { id: ID! code: Int @inaccessible label: String }
            type Secret implements Thing @key(fields: "id") @inaccessible { id: ID! }
            enum Colour { RED GREEN @inaccessible }
            input By { id: ID key: Int @inaccessible }
        """,
        "b": """
            type Open @key(fields: "id") { id: ID! code: Int @external doubled: Int @requires(fields: "code") }
        """,
    },
    "mutations": {
        "a": """
            type Query { a: Int @shareable }
            type Mutation { addA(n: Int): Item doneA: Payload }
            type Payload { query: Query! ok: Boolean item: Item }
            type Item @key(fields: "id") { id: ID! a: Int }
        """,
        "b": """
            type Query { b: Int a: Int @shareable }
            type Mutation { addB(n: Int): Item }
            type Item @key(fields: "id") { id: ID! b: Int }
        """,
    },
    "interface objects": {
        "home": """
            type Query { media: [Media] book: Book }
            interface Media @key(fields: "id") { id: ID! title: String }
            type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
            type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }
        """,
        "ratings": """
            type Query { rated: [Media] best: Media }
            type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int reviews: [Review!]! }
            type Review @shareable { text: String media: Media }
        """,
        "scores": """
            type Media @key(fields: "id") @interfaceObject {
              id: ID! title: String @external score: Int @requires(fields: "title")
            }
        """,
        "books": """
            type Book @key(fields: "id") { id: ID! isbn: String }
        """,
    },
}
