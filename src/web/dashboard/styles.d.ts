/** Vite takes a stylesheet that is imported for its effect; types need to know that there is such a thing. */
declare module "*.css";
