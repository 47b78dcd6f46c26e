import { useLingui } from "@lingui/react";
import { type PointerEvent, useEffect, useRef } from "react";
import { Renderer } from "../canvas/renderer";
import type { Editor } from "../core/editor";
import { fitView, pan, type Size, zoom } from "../core/viewport";
import { BoxTool } from "../tools/box-tool";

export interface Stage {
  fit: () => void;
  zoomBy: (factor: number) => void;
  cancel: () => void;
}

export interface LabelLook {
  id: string;
  name: string;
  color: string;
}

/** The picture with its boxes. Wheel zooms to the cursor; space or the middle button drags the view. */
export function CanvasStage({
  editor,
  image,
  labels,
  drawLabel,
  draws,
  onStage,
}: {
  editor: Editor;
  image: HTMLImageElement | null;
  labels: LabelLook[];
  drawLabel: string | null;
  draws: boolean;
  onStage: (stage: Stage) => void;
}) {
  const { i18n } = useLingui();
  const still = useRef<HTMLCanvasElement>(null);
  const active = useRef<HTMLCanvasElement>(null);
  const parts = useRef<{ renderer: Renderer; tool: BoxTool } | null>(null);
  const look = useRef({ labels, drawLabel });
  look.current = { labels, drawLabel };
  const panning = useRef(false);
  const spaceDown = useRef(false);

  useEffect(() => {
    if (!still.current || !active.current) return;
    const renderer = new Renderer(
      still.current,
      active.current,
      editor,
      () => new Map(look.current.labels.map((one) => [one.id, one.color])),
      () => new Map(look.current.labels.map((one) => [one.id, one.name])),
    );
    const tool = new BoxTool({
      editor,
      picture: () => renderer.size,
      label: () => look.current.drawLabel,
      hit: (at) => renderer.hit(at),
      slack: () => 3 / renderer.view.scale,
      newId: () => crypto.randomUUID().slice(0, 13),
    });
    parts.current = { renderer, tool };
    const refit = () => {
      renderer.view = fitView(renderer.size, renderer.screen());
      renderer.draw();
    };
    const watch = new ResizeObserver(refit);
    watch.observe(still.current);
    const leave = editor.subscribe(() => renderer.draw());
    const canvas = active.current;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const frame = canvas.getBoundingClientRect();
      const at = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      renderer.view = zoom(renderer.view, Math.exp(-event.deltaY * 0.0015), at);
      renderer.draw();
    };
    canvas.addEventListener("wheel", wheel, { passive: false });
    const space = (event: KeyboardEvent) => {
      if (event.key === " ") spaceDown.current = event.type === "keydown";
    };
    window.addEventListener("keydown", space);
    window.addEventListener("keyup", space);
    onStage({
      fit: refit,
      zoomBy: (factor) => {
        const screen = renderer.screen();
        renderer.view = zoom(renderer.view, factor, { x: screen.width / 2, y: screen.height / 2 });
        renderer.draw();
      },
      cancel: () => tool.cancel(),
    });
    return () => {
      watch.disconnect();
      leave();
      canvas.removeEventListener("wheel", wheel);
      window.removeEventListener("keydown", space);
      window.removeEventListener("keyup", space);
    };
  }, [editor, onStage]);

  useEffect(() => {
    const renderer = parts.current?.renderer;
    if (!renderer) return;
    const size: Size = image
      ? { width: image.naturalWidth, height: image.naturalHeight }
      : { width: 1, height: 1 };
    renderer.smooth = !draws;
    renderer.setPicture(image, size);
    renderer.view = fitView(size, renderer.screen());
  }, [image, draws]);

  const press = (event: PointerEvent<HTMLCanvasElement>) => {
    const found = parts.current;
    if (!found) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    panning.current = event.button === 1 || spaceDown.current || !draws;
    if (!panning.current && event.button === 0) found.tool.down(found.renderer.pointAt(event));
  };
  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    const found = parts.current;
    if (!found) return;
    if (panning.current) {
      if (event.buttons === 0) return;
      found.renderer.view = pan(found.renderer.view, event.movementX, event.movementY);
      found.renderer.draw();
    } else if (draws) found.tool.move(found.renderer.pointAt(event));
  };
  const release = (event: PointerEvent<HTMLCanvasElement>) => {
    const found = parts.current;
    if (found && draws && !panning.current && event.button === 0)
      found.tool.up(found.renderer.pointAt(event));
    panning.current = false;
  };

  return (
    <div className="stage">
      <canvas ref={still} />
      <canvas
        ref={active}
        className={draws ? "draws" : ""}
        role="img"
        aria-label={i18n._("Picture to label")}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={() => parts.current?.tool.cancel()}
        onContextMenu={(event) => event.preventDefault()}
      />
    </div>
  );
}
