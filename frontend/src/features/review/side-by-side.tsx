import { useLingui } from "@lingui/react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { Doc } from "../../editor/core/document";
import { Editor } from "../../editor/core/editor";
import { CanvasStage, type Stage } from "../../editor/panels/canvas-stage";
import type { Shown } from "../../editor/panels/pictures";
import type { Bench } from "../../editor/panels/use-bench";
import { TextStage } from "../../editor/text/text-stage";
import { nameOf } from "./use-others";

const NOWHERE = { anchor: 0, focus: 0 };
const NONE: never[] = [];

/** Another annotation beside the one that is judged; a picture's two views move together. */
export function SideBySide({
  bench,
  doc,
  from,
  shown,
  text,
}: {
  bench: Bench;
  doc: Doc;
  from: number;
  shown: Shown | null;
  text: string;
}) {
  const { i18n } = useLingui();
  const editor = useMemo(() => new Editor(), []);
  const other = useRef<Stage | null>(null);
  const onStage = useCallback((stage: Stage) => {
    other.current = stage;
  }, []);
  useEffect(() => editor.load(doc), [editor, doc]);
  useEffect(() => {
    let frame = 0;
    let last = bench.stage.current?.renderer.view;
    const follow = () => {
      const [here, there] = [bench.stage.current?.renderer, other.current?.renderer];
      if (here && there && here.view !== there.view) {
        if (here.view !== last) there.view = here.view;
        else here.view = there.view;
        last = here.view;
        here.draw();
        there.draw();
      }
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(frame);
  }, [bench.stage]);
  return (
    <section className="beside" aria-label={i18n._("Annotation {name}", { name: nameOf(from) })}>
      {bench.kind.view === "text" ? (
        <TextStage
          editor={editor}
          text={text}
          labels={bench.project.labels}
          drawLabel={null}
          linking={null}
          marked={NOWHERE}
          setMarked={() => {}}
          keepsSelected={false}
        />
      ) : (
        <CanvasStage
          editor={editor}
          shown={shown}
          labels={bench.project.labels}
          drawLabel={null}
          toolId="select"
          shapes={NONE}
          brush={bench.brush}
          display={bench.preferences.display}
          keepView
          clickModel={null}
          onStage={onStage}
          afterDrawing={() => "free"}
          ghosts={NONE}
          ghost={null}
        />
      )}
      <p className="beside-name">{i18n._("Annotation {name}", { name: nameOf(from) })}</p>
    </section>
  );
}
