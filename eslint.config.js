import tseslint from 'typescript-eslint';
import { ownLookups } from './lint/own-lookups.js';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/', 'public/vendor/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // Numbers and booleans read well in messages; objects do not, and stay forbidden.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Placeholders and callbacks name what they are given, also where they do not need it.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // XState actions and stubs are often deliberately empty.
      '@typescript-eslint/no-empty-function': 'off',
      // `() => void call()` is how a callback says that it ignores a value.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/**/*.ts', 'actors/**/*.ts', 'machines/**/*.ts'],
    plugins: { local: { rules: { 'own-lookups': ownLookups } } },
    rules: { 'local/own-lookups': 'error' },
  },
  { files: ['**/*.js', '**/*.cjs'], extends: [tseslint.configs.disableTypeChecked] },
);
