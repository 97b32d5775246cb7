import { useAnswer } from "../api/answer";
import type { One, Scripted, SiteSettings } from "../api/types";
import { Copy } from "../parts/copy";
import { Panel } from "../parts/panel";
import { Notice, Shown } from "../parts/states";
import { href, place } from "../place";
import { Editor } from "../settings/editor";
import { tagOf } from "../settings/tag";

const Tag = ({ text }: { text: string }) => (
  <p class="tag">
    <code>{text}</code> <Copy text={text} what="tag" />
  </p>
);

export default function SiteView() {
  const site = place.value.id ?? "default";
  const path = `/analytics/sites/${encodeURIComponent(site)}`;
  const answer = useAnswer<One<SiteSettings> & Scripted>(() => path, path);
  const isUnknown = answer.data === null && answer.error?.status === 404;
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
            <Shown of={answer}>{({ script_path }) => <Tag text={tagOf(site, script_path)} />}</Shown>
          </Panel>
          <Panel title="Settings">
            <Shown of={answer}>{({ data }) => <Editor key={data.site} settings={data} />}</Shown>
          </Panel>
        </>
      )}
    </>
  );
}
