import { useState } from "preact/hooks";
import { DAY_MS } from "../../../time";
import { useAct } from "../api/act";
import type { ApiKey, One } from "../api/types";
import { Copy } from "../parts/copy";
import { Failure } from "../parts/states";

const SCOPES = [
  ["read", "figures, sessions, leads"],
  ["export", "a person’s own data"],
  ["inspect", "metrics, live views"],
  ["ingest", "send events from a server"],
  ["admin", "change settings, make keys, erase"],
] as const;

/** Lifetimes of a key, in days; 0: no end. */
const LIFETIMES = [
  [0, "until it is revoked"],
  [30, "30 days"],
  [90, "90 days"],
  [365, "a year"],
] as const;

/** Makes a key. Its secret is shown once, here, and is stored nowhere. */
export function NewKey({ onMade }: { onMade: () => void }) {
  const { run, isRunning, error } = useAct();
  const [made, setMade] = useState<(ApiKey & { key: string }) | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const data = new FormData(form);
    const name = String(data.get("name") ?? "").trim();
    const scopes = data.getAll("scope");
    const sites = String(data.get("sites") ?? "")
      .split(/[\s,]+/)
      .filter((site) => site !== "");
    setRefused(name === "" ? "Give it a name." : scopes.length === 0 ? "Choose at least one scope." : null);
    if (name === "" || scopes.length === 0) return;
    const days = Number(data.get("days"));
    const expires_at = days > 0 ? Date.now() + days * DAY_MS : null;
    const body = { name, scopes, sites: sites.length > 0 ? sites : null, expires_at };
    const answer = await run<One<ApiKey & { key: string }>>("/analytics/keys", { method: "POST", body });
    if (!answer) return;
    setMade(answer.data);
    form.reset();
    onMade();
  };
  return (
    <form class="new-key" onSubmit={submit}>
      <label class="field">
        <span>Name</span>
        <input type="text" name="name" autocomplete="off" placeholder="what calls with it" />
      </label>
      <label class="field">
        <span>Sites, if not all</span>
        <input type="text" name="sites" autocomplete="off" placeholder="shop, blog" />
      </label>
      <label class="field">
        <span>Opens for</span>
        <select name="days">
          {LIFETIMES.map(([days, about]) => (
            <option key={days} value={days}>
              {about}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Scopes</legend>
        {SCOPES.map(([scope, about]) => (
          <label key={scope} class="check">
            <input type="checkbox" name="scope" value={scope} defaultChecked={scope === "read"} />
            <span>
              <strong>{scope}</strong> <span class="soft">{about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {refused && (
        <p class="refused" role="alert">
          {refused}
        </p>
      )}
      {error && <Failure error={error} />}
      <p class="form-foot">
        <button type="submit" class="primary" disabled={isRunning}>
          {isRunning ? "Making …" : "Make a key"}
        </button>
      </p>
      {made && (
        <div class="made" role="status">
          <strong>{made.name}: copy it now, it is shown this once.</strong>
          <p class="tag">
            <code>{made.key}</code> <Copy text={made.key} what="key" />
          </p>
        </div>
      )}
    </form>
  );
}
