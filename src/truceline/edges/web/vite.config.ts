import { defineConfig } from "vite";

// Names without digests: the service tells a browser by ETag whether it has the newest.
export default defineConfig({
  base: "/assets/",
  build: {
    outDir: "built",
    emptyOutDir: false,
    assetsDir: "",
    target: "es2022",
    cssCodeSplit: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: { floor: "src/floor.ts" },
      output: {
        entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: (asset) => (asset.names[0]?.endsWith(".css") ? "floor.css" : "[name][extname]"),
      },
    },
  },
});
