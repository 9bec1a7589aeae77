// The arrows of the architecture: transports -> gateway -> middle -> core <- providers. `npm run check` follows them.
const TEST = '[.]test[.]ts$|/fixtures/|/test-support/';
const MIDDLE = 'config|sessions|routing|policies|audio|text|cache|jobs|hosts|registry|auth|usage|telemetry';

/** A rule over shipped code: tests may reach for what they test with. */
function arrow(name, comment, from, to) {
  return { name, comment, severity: 'error', from: { pathNot: TEST, ...from }, to };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'circular',
      comment: 'No cycles; an import of types only is none, for it is gone when the code runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'unresolved',
      comment: 'Every import leads to a file or an installed package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    arrow(
      'core-imports-nothing',
      'core/ is plain TypeScript: no Nest, no I/O, no package.',
      { path: '^src/core/' },
      {
        pathNot: '^src/core/',
      },
    ),
    arrow(
      'middle-imports-core-only',
      'The middle folders know core and never one another.',
      { path: `^src/(${MIDDLE})/`, pathNot: [TEST, '^src/registry/builtin-providers[.]ts$'] },
      { path: '^(src|providers)/', pathNot: ['^src/core/', '^src/$1/'] },
    ),
    arrow(
      'providers-import-core-only',
      'A provider is core, packages and its own folder; what several share is providers/_shared.',
      { path: '^providers/([^/]+)/' },
      {
        path: '^(src|providers|scripts|test|bench)/',
        pathNot: ['^src/core/', '^providers/$1/', '^providers/_shared/'],
      },
    ),
    arrow(
      'only-the-registry-knows-providers',
      'Adding a provider changes no file of src/ but the generated list.',
      { path: '^src/', pathNot: [TEST, '^src/registry/builtin-providers[.]ts$'] },
      { path: '^providers/' },
    ),
    arrow(
      'nobody-imports-an-edge',
      'Transports, probes, admin and the command line are edges: only the boot files know them.',
      { path: '^(src|providers)/', pathNot: [TEST, '^src/(transports|admin|health|cli)/', '^src/[^/]+[.]ts$'] },
      { path: '^src/(transports|admin|health|cli)/' },
    ),
    arrow(
      'edges-do-not-know-one-another',
      'What two edges share belongs to the gateway, the core or a folder of transports/.',
      { path: '^src/(transports|admin|health|cli)/' },
      // The command line sends the same requests as every client: it may use the words of the wire.
      { path: '^src/(transports|admin|health|cli)/', pathNot: ['^src/$1/', '^src/transports/wire/'] },
    ),
    arrow(
      'transports-import-gateway',
      'Wire in, wire out: whatever decides is behind the gateway. The types of what is injected may be named.',
      { path: '^src/transports/' },
      { path: `^src/(${MIDDLE})/`, dependencyTypesNot: ['type-only'] },
    ),
    arrow(
      'config-by-type-only',
      'The configuration is handed in; only the boot files and the command line load it.',
      { path: '^src/(transports|gateway|admin|health)/' },
      { path: '^src/config/', dependencyTypesNot: ['type-only'] },
    ),
    arrow(
      'nobody-imports-boot',
      'main, the server and the module list are the top; the command line starts them.',
      { path: '^src/.+/', pathNot: [TEST, '^src/cli/'] },
      { path: '^src/[^/]+[.]ts$' },
    ),
    arrow(
      'shipped-code-imports-shipped-code',
      'Tests, scripts and benchmarks are not in the image.',
      { path: '^(src|providers)/' },
      { path: '^(test|scripts|bench)/' },
    ),
    arrow(
      'shipped-code-needs-no-dev-package',
      'Development packages are not in the image.',
      { path: '^(src|providers)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    arrow(
      'no-undeclared-package',
      'What is imported stands in package.json.',
      { path: '^(src|providers|test|scripts)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
