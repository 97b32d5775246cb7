export { seeded } from "../../scripts/lib/random";
