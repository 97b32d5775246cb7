import type { FilterName } from "../../../core/api/filter";
import { CHANNEL_TITLES } from "../breakdown/channels";
import { Choice, TextField } from "../parts/field";
import { place, setParams } from "../place";

/** Filters of sessions, as the API names them. `site` stands above all views. */
type SessionFilter = Exclude<FilterName, "site"> | "visitor_id" | "fingerprint_id";

const FILTERS: Readonly<Record<SessionFilter, true>> = {
  visitor_id: true,
  fingerprint_id: true,
  country: true,
  label: true,
  page: true,
  source: true,
  channel: true,
  campaign: true,
  device: true,
  min_engagement: true,
  max_engagement: true,
  min_bot: true,
  max_bot: true,
  min_vpn: true,
  max_vpn: true,
  min_risk: true,
  max_risk: true,
};

export const filtersOf = (params: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(FILTERS).flatMap((name) => (params[name] ? [[name, params[name]]] : [])));

const LABELS = [
  ["", "Any"],
  ["human", "Human"],
  ["suspect", "Suspect"],
  ["bot", "Bot"],
] as const;

const DEVICES = [
  ["", "Any"],
  ["desktop", "Desktop"],
  ["mobile", "Mobile"],
  ["tablet", "Tablet"],
  ["tv", "Television"],
  ["console", "Console"],
  ["unknown", "Unknown"],
] as const;

const CHANNELS = [
  ["", "Any"],
  ...Object.entries(CHANNEL_TITLES).map(([name, title]) => [name, title] as const),
] as const;

const TEXTS = [
  ["country", "Country", "DE"],
  ["page", "Page", "https://…"],
  ["source", "Source", "google"],
  ["campaign", "Campaign", ""],
  ["visitor_id", "Visitor", ""],
  ["fingerprint_id", "Fingerprint", ""],
] as const;

const SCORES = [
  ["min_engagement", "Engagement from"],
  ["min_bot", "Bot from"],
  ["min_vpn", "VPN from"],
  ["min_risk", "Risk from"],
] as const;

export function SessionFilters() {
  const { params } = place.value;
  const set = (name: string) => (value: string) => setParams({ [name]: value });
  const used = Object.keys(filtersOf(params));
  const clear = (): void => setParams(Object.fromEntries(used.map((name) => [name, ""])));
  return (
    <search class="filters">
      <Choice label="Verdict" value={params["label"] ?? ""} options={LABELS} onChange={set("label")} />
      <Choice label="Device" value={params["device"] ?? ""} options={DEVICES} onChange={set("device")} />
      <Choice label="Channel" value={params["channel"] ?? ""} options={CHANNELS} onChange={set("channel")} />
      {TEXTS.map(([name, label, placeholder]) => (
        <TextField key={name} label={label} value={params[name] ?? ""} placeholder={placeholder} onChange={set(name)} />
      ))}
      {SCORES.map(([name, label]) => (
        <TextField
          key={name}
          label={label}
          value={params[name] ?? ""}
          placeholder="0"
          inputMode="numeric"
          onChange={set(name)}
        />
      ))}
      {used.length > 0 && (
        <button type="button" class="plain" onClick={clear}>
          Clear filters
        </button>
      )}
    </search>
  );
}
