// Builds the page into router/server/graphiql: `npm ci && npm run build`. Nothing is fetched when the page runs.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "..", "router", "server", "graphiql");

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  legalComments: "none",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
  metafile: true,
  outdir: target,
};

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });

// GraphiQL's stylesheet holds Monaco's already; what Monaco's modules import beside it would be there twice.
const monacoStylesOnce = {
  name: "monaco-styles-once",
  setup: ({ onLoad }) =>
    onLoad({ filter: /node_modules[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: "", loader: "empty" })),
};

const page = await build({
  ...common,
  plugins: [monacoStylesOnce],
  entryPoints: { graphiql: "src/main.jsx" },
  format: "esm",
  splitting: true,
  jsx: "automatic",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]",
  loader: { ".ttf": "file", ".woff2": "file", ".svg": "dataurl" },
});
const workers = await build({
  ...common,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  format: "iife",
});

// What was bundled, with each licence in full: the minified files carry none.
const packages = new Set(["node_modules/@fontsource/fira-code", "node_modules/@fontsource/roboto"]);
for (const { metafile } of [page, workers]) {
  for (const input of Object.keys(metafile.inputs)) {
    const match = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (match) packages.add(match[1]);
  }
}
const notices = [];
for (const folder of [...packages].sort()) {
  const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
  const file = (await readdir(join(here, folder))).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? (await readFile(join(here, folder, file), "utf8")).trim() : `Licence: ${license}`;
  notices.push({ name, version, license, text });
}
notices.sort((one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version));
const graphiql = notices.find(({ name }) => name === "graphiql");
await writeFile(
  join(target, "LICENSE"),
  `GraphiQL ${graphiql.version}\n\n${graphiql.text}\n`,
);
await writeFile(
  join(target, "NOTICES.md"),
  [
    "# What the files here are made of",
    "",
    "Built by `tools/graphiql/build.mjs` from these npm packages, unchanged and minified. The fonts' licences are those of",
    "their packages; @graphiql/react has the fonts in its stylesheet. Monaco's Codicons are CC-BY-4.0.",
    "",
    ...notices.map(({ name, version, license }) => `- ${name} ${version} (${license})`),
    "",
    ...notices.flatMap(({ name, version, text }) => [`## ${name} ${version}`, "", "```", text, "```", ""]),
  ].join("\n"),
);
