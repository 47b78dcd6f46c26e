/** Taking a chart along: as a drawing, a picture, or its numbers. */

const DRAWN = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-size",
  "font-family",
  "font-variant-numeric",
];

export interface LegendLine {
  name: string;
  color: string;
}

const TITLE_HEIGHT = 28;
const LINE_HEIGHT = 18;

/** The drawing with title, legend, and its looks written into it, so that it looks the same elsewhere. */
export function svgText(svg: SVGSVGElement, title = "", legend: LegendLine[] = []): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((node, index) => {
    const looks = getComputedStyle(node);
    const target = to[index] as SVGElement | undefined;
    // One by one: a whole style attribute is refused by the page's own policy.
    for (const name of DRAWN) target?.style.setProperty(name, looks.getPropertyValue(name));
  });
  for (const extra of copy.querySelectorAll("[data-screen-only]")) extra.remove();
  const { width, height } = svg.viewBox.baseVal;
  const lines = legend.length > 1 ? legend : [];
  const above = title ? TITLE_HEIGHT : 0;
  const whole = above + height + lines.length * LINE_HEIGHT + (lines.length > 0 ? 10 : 0);
  copy.setAttribute("viewBox", `0 ${-above} ${width} ${whole}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(whole));
  const add = (name: string, attributes: Record<string, string | number>, fill: string) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    element.style.setProperty("fill", fill);
    copy.append(element);
    return element;
  };
  const page = getComputedStyle(document.body);
  copy.prepend(add("rect", { y: -above, width: "100%", height: "100%" }, page.backgroundColor));
  const write = (text: string, x: number, y: number, size: number) => {
    const element = add("text", { x, y }, page.color);
    element.style.setProperty("font-family", page.fontFamily);
    element.style.setProperty("font-size", `${size}px`);
    element.textContent = text;
  };
  if (title) write(title, 8, -8, 15);
  lines.forEach(({ name, color }, index) => {
    const y = height + 4 + (index + 0.5) * LINE_HEIGHT;
    add("rect", { x: 8, y: y - 8, width: 14, height: 8 }, resolved(svg, color));
    write(name, 28, y, 12);
  });
  return new XMLSerializer().serializeToString(copy);
}

export function download(name: string, data: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A color of the page's style sheets as a color that any program knows. */
function resolved(svg: SVGSVGElement, color: string): string {
  const probe = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  probe.style.setProperty("fill", color);
  svg.append(probe);
  const fill = getComputedStyle(probe).fill;
  probe.remove();
  return fill;
}

export function saveSvg(svg: SVGSVGElement, name: string, title: string, legend: LegendLine[]): void {
  download(`${name}.svg`, new Blob([svgText(svg, title, legend)], { type: "image/svg+xml" }));
}

/** Twice the size of the drawing, for slides. */
export async function savePng(
  svg: SVGSVGElement,
  name: string,
  title: string,
  legend: LegendLine[],
): Promise<void> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg, title, legend))}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.width * 2;
  canvas.height = picture.height * 2;
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => blob && download(`${name}.png`, blob));
}

/** A table as CSV; cells that a spreadsheet would run as a formula are kept as text. */
export function csvText(head: string[], rows: (string | number | null)[][]): string {
  const cell = (value: string | number | null) => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

export function saveCsv(name: string, head: string[], rows: (string | number | null)[][]): void {
  download(`${name}.csv`, new Blob([`\ufeff${csvText(head, rows)}`], { type: "text/csv;charset=utf-8" }));
}
