// Tells Monaco where its workers are: files beside this script, so that nothing comes from another host.
const files = { graphql: "graphql.worker.js", json: "json.worker.js" };

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    return new Worker(new URL(files[label] ?? "editor.worker.js", import.meta.url));
  },
};
