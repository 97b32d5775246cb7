import { useAnswer } from "../api/answer";
import type { List, SiteRow } from "../api/types";
import { forgetKey } from "../key";
import { Choice } from "../parts/field";
import { Mark } from "../parts/mark";
import { href, place, setParams } from "../place";
import { RANGES, rangeName, site } from "../range";
import { isHelpOpen } from "./help-open";

const RANGE_OPTIONS = Object.entries(RANGES).map(([name, { label }]) => [name, label] as const);
const BOTS_OPTIONS = [
  ["exclude", "Without bots"],
  ["include", "With bots"],
  ["only", "Bots only"],
] as const;

function SiteChoice() {
  const { data } = useAnswer<List<SiteRow>>(() => "/analytics/sites", "sites");
  const names = (data?.data ?? []).map((row) => row.site);
  const known = site.value && !names.includes(site.value) ? [...names, site.value] : names;
  const options = [["", "All sites"] as const, ...known.map((name) => [name, name] as const)];
  return <Choice label="Site" value={site.value} options={options} onChange={(value) => setParams({ site: value })} />;
}

/** Site, span and bots, which apply to every view. */
export function TopBar() {
  const { params } = place.value;
  const isCustom = params["from"] !== undefined && params["to"] !== undefined;
  const ranges = isCustom ? [...RANGE_OPTIONS, ["custom", "Chosen span"] as const] : RANGE_OPTIONS;
  return (
    <header class="top-bar">
      <a class="brand" href={href("overview")}>
        <Mark />
        <span>PulseGate</span>
      </a>
      <div class="asked">
        <SiteChoice />
        <Choice
          label="Span"
          value={isCustom ? "custom" : rangeName(params)}
          options={ranges}
          onChange={(range) => range !== "custom" && setParams({ range, from: "", to: "" })}
        />
        <Choice
          label="Bots"
          value={params["bots"] ?? "exclude"}
          options={BOTS_OPTIONS}
          onChange={(bots) => setParams({ bots })}
        />
      </div>
      <div class="top-actions">
        <button
          type="button"
          class="plain"
          title="Keyboard shortcuts"
          onClick={() => {
            isHelpOpen.value = true;
          }}
        >
          Help
        </button>
        <button type="button" class="plain" onClick={() => forgetKey()}>
          Sign out
        </button>
      </div>
    </header>
  );
}
