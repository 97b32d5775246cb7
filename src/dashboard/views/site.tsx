import { useAnswer } from "../api/answer";
import type { One, SiteSettings } from "../api/types";
import { Copy } from "../parts/copy";
import { Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { href, place } from "../place";
import { Editor } from "../settings/editor";
import { tagOf } from "../settings/tag";

export default function SiteView() {
  const site = place.value.id ?? "default";
  const path = `/analytics/sites/${encodeURIComponent(site)}`;
  const answer = useAnswer<One<SiteSettings>>(() => path, path);
  const isUnknown = answer.data === null && answer.error?.status === 404;
  const tag = tagOf(site);
  return (
    <>
      <header class="session-head">
        <p class="soft">
          <a href={href("sites")}>Sites</a>
        </p>
        <h1>Settings of {site}</h1>
      </header>
      {isUnknown ? (
        <Notice title="There is no such site">It may have a name that no site can have, or be another key’s.</Notice>
      ) : (
        <>
          <Panel title="Tag">
            <p class="tag">
              <code>{tag}</code> <Copy text={tag} what="tag" />
            </p>
          </Panel>
          <Panel title="Settings">
            <Shown of={answer}>{({ data }) => <Editor key={data.site} settings={data} />}</Shown>
          </Panel>
        </>
      )}
    </>
  );
}
