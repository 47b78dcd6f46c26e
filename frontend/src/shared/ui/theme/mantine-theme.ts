import { createTheme, type MantineColorsTuple, mergeThemeOverrides } from "@mantine/core";

/** Around #2457d6; the filled shade has 6.2:1 against white, the text shade in the dark 8:1 against the surface. */
const blue: MantineColorsTuple = [
  "#edf2ff",
  "#dbe4ff",
  "#b9c9fb",
  "#93acf5",
  "#7aa2ff",
  "#4a74e0",
  "#2457d6",
  "#1f4bba",
  "#1a409e",
  "#143180",
];

/** The grays of the dark theme are the product's own: 4 is its lines, 6 its surface, 7 its background. */
const dark: MantineColorsTuple = [
  "#e7ecf3",
  "#c3ccd8",
  "#a3afbf",
  "#7d8896",
  "#344051",
  "#222c38",
  "#182029",
  "#10151d",
  "#0c1118",
  "#080c12",
];

/**
 * Quiet and dense: one size of control, one radius, one accent. Parts are named, not imported: a page loads those alone
 * that it shows.
 */
const theme = createTheme({
  colors: { blue, dark },
  primaryColor: "blue",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.179, // where white and black text have the same contrast
  fontFamily: "var(--font)",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, monospace",
  headings: {
    fontFamily: "var(--font)",
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Anchor: { defaultProps: { underline: "hover" } },
    Button: { defaultProps: { size: "sm" } },
    // Most fields are needed; those that are not say "optional".
    InputWrapper: { defaultProps: { withAsterisk: false } },
    // A <header> below the body would be a second banner of the page.
    DrawerHeader: { defaultProps: { component: "div" } },
    ModalHeader: { defaultProps: { component: "div" } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } } },
    NumberInput: { defaultProps: { size: "sm", hideControls: true } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right" } },
    // Who cannot use a mouse scrolls it by the arrow keys.
    TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
    Table: {
      defaultProps: { verticalSpacing: 5, horizontalSpacing: "sm", highlightOnHover: true },
    },
    Textarea: { defaultProps: { size: "sm", autosize: true, minRows: 3 } },
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
  },
});

/** The look of all pages. `close`: what the crosses of dialogs, drawers and toasts are called, in the person's language. */
export function mantineTheme(close: string) {
  return mergeThemeOverrides(theme, {
    components: { CloseButton: { defaultProps: { "aria-label": close } } },
  });
}
