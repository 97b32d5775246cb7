import type { D1Migration } from "@cloudflare/vitest-pool-workers";
import type { Env } from "../../src/bindings";
import type { EndpointActor, LeadActor, SessionActor, SiteSettings } from "./worker";

declare global {
  namespace Cloudflare {
    interface Env extends AppEnv {
      MIGRATIONS: D1Migration[];
      TEST_SCALE: string;
    }
    interface GlobalProps {
      mainModule: typeof import("./worker");
    }
  }
}

type AppEnv = Omit<Env, "SESSION" | "LEAD" | "ENDPOINT"> & {
  SESSION: DurableObjectNamespace<SessionActor>;
  LEAD: DurableObjectNamespace<LeadActor>;
  ENDPOINT: DurableObjectNamespace<EndpointActor>;
};

export type { SiteSettings };
