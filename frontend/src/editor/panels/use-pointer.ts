import { type PointerEvent, type RefObject, useEffect, useRef } from "react";
import type { Renderer } from "../canvas/renderer";
import { type Point, pan, zoom } from "../core/viewport";
import type { Tool } from "../tools/tool";

interface Parts {
  renderer: Renderer;
  tool: Tool;
}

/** Screen points of two fingers: their middle and distance. */
function spread(fingers: Map<number, Point>): { middle: Point; distance: number } | null {
  const [a, b] = [...fingers.values()];
  if (!a || !b) return null;
  return {
    middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    distance: Math.hypot(a.x - b.x, a.y - b.y),
  };
}

/**
 * Mouse, pen and fingers: one draws, two fingers move and zoom, wheel zooms to the cursor, space or the middle
 * button drags the view. Where nothing is drawn, one finger or the button drags it too.
 */
export function usePointer(parts: RefObject<Parts | null>, draws: boolean) {
  const panning = useRef(false);
  const space = useRef(false);
  const fingers = useRef(new Map<number, Point>());
  const pinch = useRef<{ middle: Point; distance: number } | null>(null);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === " ") space.current = event.type === "keydown";
    };
    const wheel = (event: WheelEvent) => {
      const match = parts.current;
      const canvas = event.target as HTMLElement;
      if (!match || canvas.tagName !== "CANVAS" || !canvas.closest(".stage")) return;
      event.preventDefault();
      const frame = canvas.getBoundingClientRect();
      const at = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      match.renderer.view = zoom(match.renderer.view, Math.exp(-event.deltaY * 0.0015), at);
      match.renderer.draw();
    };
    window.addEventListener("keydown", key);
    window.addEventListener("keyup", key);
    window.addEventListener("wheel", wheel, { passive: false });
    return () => {
      window.removeEventListener("keydown", key);
      window.removeEventListener("keyup", key);
      window.removeEventListener("wheel", wheel);
    };
  }, [parts]);

  const down = (event: PointerEvent<HTMLCanvasElement>) => {
    const match = parts.current;
    if (!match) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") {
      fingers.current.set(event.pointerId, screenPoint(event));
      if (fingers.current.size === 2) {
        match.tool.cancel();
        pinch.current = spread(fingers.current);
        return;
      }
    }
    panning.current = event.button === 1 || space.current || !draws;
    match.renderer.shift = event.shiftKey;
    if (!panning.current && event.button === 0) match.tool.down(match.renderer.pointAt(event));
  };

  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    const match = parts.current;
    if (!match) return;
    match.renderer.shift = event.shiftKey;
    match.renderer.pointer = screenPoint(event);
    if (match.renderer.display.crosshair || match.renderer.display.ruler) match.renderer.draw();
    if (fingers.current.has(event.pointerId)) fingers.current.set(event.pointerId, screenPoint(event));
    if (pinch.current) {
      const next = spread(fingers.current);
      if (!next) return;
      const { middle, distance } = pinch.current;
      const moved = pan(match.renderer.view, next.middle.x - middle.x, next.middle.y - middle.y);
      match.renderer.view = zoom(moved, next.distance / Math.max(1, distance), next.middle);
      match.renderer.draw();
      pinch.current = next;
    } else if (panning.current) {
      if (event.buttons === 0) return;
      match.renderer.view = pan(match.renderer.view, event.movementX, event.movementY);
      match.renderer.draw();
    } else if (draws) match.tool.move(match.renderer.pointAt(event));
  };

  const up = (event: PointerEvent<HTMLCanvasElement>) => {
    const match = parts.current;
    fingers.current.delete(event.pointerId);
    if (pinch.current) {
      if (fingers.current.size === 0) pinch.current = null;
      return;
    }
    if (match && draws && !panning.current && event.button === 0)
      match.tool.up(match.renderer.pointAt(event));
    panning.current = false;
  };

  return {
    onPointerDown: down,
    onPointerMove: move,
    onPointerUp: up,
    onPointerLeave: () => {
      if (!parts.current) return;
      parts.current.renderer.pointer = null;
      parts.current.renderer.draw();
    },
    onPointerCancel: (event: PointerEvent<HTMLCanvasElement>) => {
      fingers.current.delete(event.pointerId);
      pinch.current = null;
      parts.current?.tool.cancel();
    },
  };
}

function screenPoint(event: PointerEvent<HTMLCanvasElement>): Point {
  const frame = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - frame.left, y: event.clientY - frame.top };
}
