/** Shapes of Tabler's icons (MIT), drawn here: the labeling screens load no icon library. */
const PATHS = {
  select:
    "M7.9 3.6l10.3 6.9c.7.5.5 1.5-.3 1.7l-4.9 1.2-2.6 4.5c-.4.7-1.5.6-1.7-.2L6.4 4.6c-.2-.8.8-1.5 1.5-1z",
  box: "M5 5m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M19 5m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M5 19m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M19 19m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M5 7v10M7 5h10M7 19h10M19 7v10",
  polygon:
    "M12 5m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M19 8m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M5 11m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M15 19m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M6.5 9.5l3.5-3M14 5.5l3 1.3M18.5 10l-2.8 7M13.5 17.5l-7-5",
  scissors:
    "M4 13v-8a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v8a3 3 0 0 0 6 0v-8a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v8a8 8 0 0 1-16 0M4 8h5M15 8h4",
  polyline:
    "M4 18m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M10 8m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M15 15m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M20 5m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M5 16.3l4-6.5M11.3 9.5l2.5 4M15.8 13.2l3.4-6.4",
  skeleton: "M12 4m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M12 6v8M6 10l6-1 6 1M8 21l4-7 4 7",
  brush:
    "M3 21v-4a4 4 0 1 1 4 4h-4M21 3a16 16 0 0 0-12.8 10.2M21 3a16 16 0 0 1-10.2 12.8M10.6 9a9 9 0 0 1 4.4 4.4",
  superpixel: "M4 4h6v8h-6zM4 16h6v4h-6zM14 12h6v8h-6zM14 4h6v4h-6z",
  "click-mask":
    "M6 21l15-15-3-3-15 15 3 3M15 6l3 3M9 3a2 2 0 0 0 2 2 2 2 0 0 0-2 2 2 2 0 0 0-2-2 2 2 0 0 0 2-2M19 13a2 2 0 0 0 2 2 2 2 0 0 0-2 2 2 2 0 0 0-2-2 2 2 0 0 0 2-2",
  cut: "M6 7m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M6 17m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M8.6 8.6l10.4 10.4M8.6 15.4l10.4-10.4",
  erase:
    "M19 20h-10.5l-4.2-4.3a1 1 0 0 1 0-1.4l10-10a1 1 0 0 1 1.4 0l5 5a1 1 0 0 1 0 1.4l-9.2 9.3M18 13.3l-6.3-6.3",
  undo: "M9 14l-4-4 4-4M5 10h11a4 4 0 1 1 0 8h-1",
  redo: "M15 14l4-4-4-4M19 10h-11a4 4 0 1 0 0 8h1",
  trash:
    "M4 7h16M10 11v6M14 11v6M5 7l1 12a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2l1-12M9 7v-3a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v3",
  eye: "M10 12a2 2 0 1 0 4 0a2 2 0 0 0-4 0M21 12c-2.4 4-5.4 6-9 6s-6.6-2-9-6c2.4-4 5.4-6 9-6s6.6 2 9 6",
  "eye-off":
    "M10.6 10.6a2 2 0 0 0 2.8 2.8M16.7 16.7a8.7 8.7 0 0 1-4.7 1.3c-3.6 0-6.6-2-9-6 1.3-2.1 2.7-3.7 4.3-4.7M9.9 6.2a9 9 0 0 1 2.1-.2c3.6 0 6.6 2 9 6-.7 1.1-1.4 2.1-2.1 2.9M3 3l18 18",
  lock: "M5 13a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-10a2 2 0 0 1-2-2zM8 11v-4a4 4 0 1 1 8 0v4",
  unlock: "M5 13a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-10a2 2 0 0 1-2-2zM8 11v-5a4 4 0 0 1 8 0",
  fit: "M4 8v-2a2 2 0 0 1 2-2h2M4 16v2a2 2 0 0 0 2 2h2M16 4h2a2 2 0 0 1 2 2v2M16 20h2a2 2 0 0 0 2-2v-2",
  "zoom-in": "M10 10m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0M7 10h6M10 7v6M21 21l-6-6",
  "zoom-out": "M10 10m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0M7 10h6M21 21l-6-6",
  back: "M5 12h14M5 12l6 6M5 12l6-6",
  "previous-item": "M15 6l-6 6l6 6",
  "next-item": "M9 6l6 6l-6 6",
  help: "M12 12m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 17v.01M12 13.5a1.5 1.5 0 0 1 1-1.5 2.6 2.6 0 1 0-3-4",
  comment: "M8 9h8M8 13h6M18 4a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-5l-5 3v-3h-2a3 3 0 0 1-3-3v-8a3 3 0 0 1 3-3z",
  view: "M4 10a2 2 0 1 0 4 0a2 2 0 0 0-4 0M6 4v4M6 12v8M10 16a2 2 0 1 0 4 0a2 2 0 0 0-4 0M12 4v10M12 18v2M16 7a2 2 0 1 0 4 0a2 2 0 0 0-4 0M18 4v1M18 9v11",
  search: "M10 10m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0M21 21l-6-6",
  close: "M18 6l-12 12M6 6l12 12",
} as const;

export type IconName = keyof typeof PATHS;

export function hasIcon(name: string): name is IconName {
  return name in PATHS;
}

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
