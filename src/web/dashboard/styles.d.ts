/** Vite takes a style sheet that is imported for its effect. This tells TypeScript that such imports exist. */
declare module "*.css";
