import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The rules that need types: what the compiler lets pass and a reviewer overlooks. */
const typedRules = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
};

/** What neither the compiler nor the presets below look at. */
const coreRules = {
  eqeqeq: 'error',
  'no-constant-condition': ['error', { checkLoops: false }],
  'no-dupe-else-if': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-unreachable-loop': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-escape': 'error',
};

/** Bytes from the wire stay text: nothing may turn a string into markup or into code. */
const noMarkup = [
  {
    selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(innerHTML|outerHTML|srcdoc)$/]',
    message: 'Bytes from the wire are never markup: set textContent.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^(insertAdjacentHTML|createContextualFragment|setHTMLUnsafe)$/]',
    message: 'Bytes from the wire are never markup: build elements or set textContent.',
  },
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^(write|writeln)$/]",
    message: 'Bytes from the wire are never markup.',
  },
];

const electronOnlyInItsHost = {
  paths: [
    { name: 'electron', message: 'Only src-main/electron.ts, hosts/electron and the preload may know Electron.' },
  ],
};
const noNodeInThePage = {
  paths: electronOnlyInItsHost.paths,
  patterns: [
    { group: ['node:*', 'ws', 'write-file-atomic'], message: 'The page runs in a browser: it has no Node.' },
    {
      regex: 'src-main|^(\\.\\./)+(guard|session|responder|capture|net|inspector|hosts|preload)/',
      message: 'The page knows the engine by @contract, @http1, @tls and @websocket alone.',
    },
  ],
};

export default tseslint.config(
  { ignores: ['node_modules/', 'out/', 'coverage/', '.ci/'] },
  tseslint.configs.recommended,
  svelte.configs.recommended,
  {
    files: ['**/*.{ts,js,mjs,svelte}'],
    languageOptions: {
      globals: { ...globals.node },
      parserOptions: {
        projectService: { allowDefaultProject: ['test/*.js'] },
        tsconfigRootDir: import.meta.dirname + '/..',
        extraFileExtensions: ['.svelte'],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...typedRules,
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      'no-restricted-syntax': ['error', ...noMarkup],
      'no-restricted-imports': ['error', electronOnlyInItsHost],
      ...coreRules,
    },
  },
  {
    files: ['src-main/electron.ts', 'src-main/hosts/electron/**', 'src-main/preload/**', 'test/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['test/**'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src-renderer/**'],
    languageOptions: { globals: { ...globals.browser } },
    rules: { 'no-restricted-imports': ['error', noNodeInThePage] },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // svelte-check fails on every warning that is not ignored, and knows which ones there are.
      'svelte/no-unused-svelte-ignore': 'off',
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/no-target-blank': 'error',
      'svelte/button-has-type': 'error',
      // Plain maps and sets are deliberate: what is reactive is replaced as a whole, in `$state.raw`.
      'svelte/prefer-svelte-reactivity': 'off',
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
);
