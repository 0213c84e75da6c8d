import { createHash } from 'node:crypto'
import { type Html, html } from './template.ts'
import type { Words } from './words.ts'

const STYLE = `
*{box-sizing:border-box}
body{margin:0;font:1.125rem/1.5 system-ui,sans-serif;color:#111;background:#f4f4f2}
.notice{background:#5b2a00;color:#fff;padding:.75rem 1rem;text-align:center}
.notice strong{display:block}
main{max-width:32rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem}
h2{font-size:1.125rem;margin:0 0 .5rem}
h3{font-size:1.125rem;margin:0}
section p{margin:.5rem 0}
.card{background:#fff;border:1px solid #b8b8b8;border-radius:.25rem;padding:1rem;margin:0 0 1rem}
dl{margin:0}
dl div{display:flex;justify-content:space-between;gap:1rem;padding:.375rem 0;border-bottom:1px solid #ddd}
dl div:last-child{border:0;font-weight:700}
dt small{display:block;color:#444}
dd{margin:0;white-space:nowrap}
fieldset{border:0;margin:0 0 1rem;padding:0;min-width:0}
legend,.label{display:block;font-weight:700;padding:0;margin:0 0 .25rem}
.hint{display:block;color:#444;font-size:1rem;margin:0 0 .25rem}
.choice{display:flex;gap:.75rem;align-items:center;min-height:3rem;padding:.5rem .25rem;border-bottom:1px solid #ddd;cursor:pointer}
.choice input{width:1.5rem;height:1.5rem;flex:none;margin:0}
.choice small{display:block;color:#444;overflow-wrap:anywhere}
summary{min-height:3rem;padding:.75rem .25rem;cursor:pointer;text-decoration:underline}
input[type=text],input[type=email]{width:100%;min-height:3rem;font:inherit;padding:.5rem;border:2px solid #111;border-radius:0}
button,.button{display:block;width:100%;min-height:3rem;margin:0 0 .75rem;padding:.75rem 1rem;font:inherit;font-weight:700;text-align:center;text-decoration:none;color:#fff;background:#14532d;border:2px solid #14532d;border-radius:.25rem;cursor:pointer}
.second{color:#111;background:#fff;border-color:#111}
input[aria-invalid=true]{border:4px solid #b00020}
.wrong{display:block;color:#b00020;font-weight:700;margin:0 0 .25rem}
.card p:first-child{margin-top:0}
.error{border:4px solid #b00020;padding:1rem;margin:0 0 1rem;background:#fff}
.error h2{margin:0 0 .25rem}
a{color:#0b3d91}
.done{border-left:8px solid #14532d}
.card button:last-child{margin-bottom:0}
.back{display:inline-block;padding:.75rem 0}
:focus-visible{outline:4px solid #ffbf00;outline-offset:2px;box-shadow:0 0 0 2px #111}
`
const styleHash = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** A whole page and the headers it needs. `goesTo` are the pages a form may end on, besides the stand-in's own. */
export type Page = { status: number; headers: Record<string, string>; body: string }

export function layout(words: Words, status: number, title: string, main: Html, goesTo: readonly string[] = []): Page {
  const origins = goesTo.map(address => new URL(address).origin)
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}`,
    'img-src data:',
    // Chromium holds the redirect that follows a form to this rule too: the way back to the town must be named.
    `form-action 'self' ${[...new Set(origins)].join(' ')}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  const page = html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<div class="notice" role="region" aria-label="${words.noMoney}"><strong>${words.noMoney}</strong> ${words.noMoneyMore}</div>
<main>
${main}
</main>
</body>
</html>
`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store', // so that the back button asks again, and is told it is paid
      'content-security-policy': policy.join('; '),
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
    body: page.html,
  }
}
