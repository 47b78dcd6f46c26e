import { useLingui } from "@lingui/react";
import { useEffect, useRef, useState } from "react";
import * as three from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import styles from "./mesh-view.module.css";

/** Points and triangles as three.js wants them. */
export function geometryOf(vertices: number[][], faces: number[][]): three.BufferGeometry {
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(vertices.flat(), 3));
  geometry.setIndex(faces.flat());
  geometry.computeVertexNormals();
  return geometry;
}

const STEP = 0.15;

/** A mesh that turns by mouse, finger and arrow keys. Drawn only when something changes. */
export default function MeshView({ vertices, faces }: { vertices: number[][]; faces: number[][] }) {
  const { i18n } = useLingui();
  const holder = useRef<HTMLDivElement>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const place = holder.current;
    if (!place) return;
    let renderer: three.WebGLRenderer;
    try {
      renderer = new three.WebGLRenderer({ antialias: true, alpha: true });
    } catch {
      setBroken(true);
      return;
    }
    const scene = new three.Scene();
    const camera = new three.PerspectiveCamera(40, 4 / 3, 0.1, 20);
    camera.position.set(0.9, 0.9, 1.6);
    scene.add(new three.HemisphereLight(0xffffff, 0x8090a0, 2.2));
    const sun = new three.DirectionalLight(0xffffff, 1.6);
    sun.position.set(1, 2, 1.5);
    scene.add(sun);
    const geometry = geometryOf(vertices, faces);
    const material = new three.MeshStandardMaterial({
      color: 0x7d93c8,
      roughness: 0.8,
      side: three.DoubleSide,
    });
    const mesh = new three.Mesh(geometry, material);
    scene.add(mesh);
    const controls = new OrbitControls(camera, renderer.domElement);
    controls.enablePan = false;
    const draw = () => renderer.render(scene, camera);
    const resize = () => {
      const width = place.clientWidth;
      const height = Math.round(width * 0.62);
      renderer.setPixelRatio(window.devicePixelRatio);
      renderer.setSize(width, height);
      camera.aspect = width / height;
      camera.updateProjectionMatrix();
      draw();
    };
    const turn = (event: KeyboardEvent) => {
      const by: Record<string, [number, number]> = {
        ArrowLeft: [0, -STEP],
        ArrowRight: [0, STEP],
        ArrowUp: [-STEP, 0],
        ArrowDown: [STEP, 0],
      };
      const [x, y] = by[event.key] ?? [0, 0];
      if (x === 0 && y === 0) return;
      event.preventDefault();
      mesh.rotation.x += x;
      mesh.rotation.y += y;
      place.dataset.turned = "true";
      draw();
    };
    controls.addEventListener("change", draw);
    place.addEventListener("keydown", turn);
    const watcher = new ResizeObserver(resize);
    watcher.observe(place);
    place.append(renderer.domElement);
    resize();
    return () => {
      watcher.disconnect();
      place.removeEventListener("keydown", turn);
      controls.dispose();
      geometry.dispose();
      material.dispose();
      renderer.dispose();
      renderer.domElement.remove();
    };
  }, [vertices, faces]);
  if (broken) {
    return (
      <p className="warn">
        ▲ {i18n._("This browser shows no 3D (WebGL is off). The files below open in any 3D program.")}
      </p>
    );
  }
  return (
    <figure className={styles.mesh}>
      <div
        ref={holder}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys turn the mesh
        tabIndex={0}
        aria-label={i18n._(
          "Mesh of {faces, plural, one {# triangle} other {# triangles}}; rotate with the arrow keys",
          { faces: faces.length },
        )}
      />
      <figcaption className="muted">
        {i18n._("Drag or use the arrow keys to turn it, scroll to come nearer.")}
      </figcaption>
    </figure>
  );
}
