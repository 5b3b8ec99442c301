import typescript from 'typescript-eslint';

/** What the compiler does not hold. Names and sizes are held by test/architecture. */
export default typescript.config(
  { ignores: ['node_modules/', '.build/', 'apps/manifests/', '.argosy/', 'dist/', 'lib/**/generated/'] },
  ...typescript.configs.recommended,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-require-imports': 'off', // commands and parts load lazily, in CommonJS
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Names are exported by name.' },
        { selector: 'ExportAllDeclaration', message: 'A front door lists its names.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message: 'Throw an ArgosyError: where, what, why and fix are owed to the user.',
        },
      ],
    },
  },
  // Tests read what an API answers, whose shape is what they assert.
  { files: ['test/**'], rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/no-explicit-any': 'off' } },
  { files: ['infra/index.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
);
