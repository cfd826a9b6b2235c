import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { weight } from './tools/weight.mjs';

export default defineConfig({
  // Relative, so that the same files work behind a path prefix.
  base: './',
  plugins: [svelte(), weight()],
  build: {
    outDir: 'target/web-dist',
    target: ['chrome111', 'firefox114', 'safari16.4'],
    // The content security policy allows no inline code, and preloading is not needed for one chunk.
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    // `npm run dev` beside a server that was started by `leat dev`.
    proxy: { '/api': process.env.LEAT_URL ?? 'http://127.0.0.1:8080' },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'tools/*.test.mjs'],
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : undefined,
});
