/** Which folder may import which: features know shared and the editor, never each other. */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "features-stand-alone",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    {
      name: "shared-is-below",
      severity: "error",
      from: { path: "^src/shared/" },
      to: { path: "^src/(features|app|editor)/" },
    },
    {
      name: "editor-is-below-features",
      severity: "error",
      from: { path: "^src/editor/" },
      to: { path: "^src/(features|app)/" },
    },
    {
      name: "testing-is-for-tests",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.tsx?$|^src/shared/testing/" },
      to: { path: "^src/shared/testing/" },
    },
    {
      name: "editor-core-is-plain-typescript",
      severity: "error",
      from: { path: "^src/editor/(core|tools|sync)/", pathNot: "\\.test\\.ts$" },
      to: { path: "react" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "src/locales" },
  },
};
