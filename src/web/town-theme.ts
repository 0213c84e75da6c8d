/** WCAG 2.2, 1.4.3: normal text needs 4.5 to 1 against what is behind it. */
const READABLE = 4.5

type Rgb = readonly [number, number, number]
const WHITE: Rgb = [255, 255, 255]
const BLACK: Rgb = [0, 0, 0]

/**
 * The style sheet that puts the town's main colour on menus, links and surfaces, by the custom properties that the style
 * sheet of all towns reads. Throws when links in that colour could not be read on the pages' backgrounds.
 */
export function townSheet(colour: string): string {
  const brand = parse(colour)
  const surface = mix(brand, WHITE, 0.93)
  const contrast = contrastRatio(brand, surface)
  if (contrast < READABLE)
    throw new Error(
      `The town's colour ${colour} is too pale: its contrast is ${contrast.toFixed(1)}, and ${READABLE} is needed`,
    )
  const properties = {
    brand,
    link: brand,
    'link-hover': mix(brand, BLACK, 0.45),
    'surface-background': surface,
    'surface-border': mix(brand, WHITE, 0.5),
    'template-background': surface,
  }
  const lines = Object.entries(properties).map(([name, rgb]) => `--govuk-${name}-colour:${hex(rgb)}`)
  return `:root{${lines.join(';')}}`
}

/** How well one colour stands out on another, from 1 to 21 (WCAG 2.2, « contrast ratio »). */
function contrastRatio(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map(channel => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const mix = (colour: Rgb, into: Rgb, share: number) =>
  colour.map((channel, i) => Math.round(channel * (1 - share) + (into[i] ?? 0) * share)) as [number, number, number]

const hex = (colour: Rgb) => `#${colour.map(channel => channel.toString(16).padStart(2, '0')).join('')}`

function parse(colour: string): Rgb {
  const [, r, g, b] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour) ?? []
  if (!r || !g || !b) throw new Error(`The town's colour must be written #rrggbb, not « ${colour} »`)
  return [Number.parseInt(r, 16), Number.parseInt(g, 16), Number.parseInt(b, 16)]
}
