/** The page's only style sheet. Every color stands out from its ground by 7:1 or more, light and dark. */
export const STYLESHEET = `:root {
  color-scheme: light dark;
  --ground: #ffffff;
  --panel: #f4f6f8;
  --line: #c8d0d8;
  --text: #1b1f24;
  --quiet: #424a53;
  --link: #0a4a94;
  --good: #0b5323;
  --bad: #8f1020;
  --open: #5f3b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117;
    --panel: #161b22;
    --line: #3d444d;
    --text: #e6edf3;
    --quiet: #b3bcc6;
    --link: #8cc2ff;
    --good: #6fdd8b;
    --bad: #ffa198;
    --open: #eac55f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  padding: 1rem;
  max-width: 80rem;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.2rem; }
h3 { margin: 1rem 0 0.25rem; font-size: 1rem; }
p { margin: 0.5rem 0; }
a { color: var(--link); }
a:focus-visible, .scroll:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace; }
code, td, th, p, dd { overflow-wrap: anywhere; }
pre { margin: 0.5rem 0; padding: 0.75rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0.5rem 0; }
dt { font-weight: 600; }
dd { margin: 0; }
.quiet { color: var(--quiet); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 700; }
.open { color: var(--open); font-weight: 600; }
td .good, td .bad, td .open { overflow-wrap: normal; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
caption { padding: 0.25rem 0; color: var(--quiet); text-align: left; }
th, td { padding: 0.375rem 0.5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
td { min-width: 10rem; }
thead th { background: var(--panel); overflow-wrap: normal; }
tbody th, time { white-space: nowrap; }
@media (max-width: 30rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; }
}
`

/** The page's sign: a key's head, in a color that shows on light and on dark. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
  <circle cx="8" cy="8" r="5" fill="none" stroke="#2f81f7" stroke-width="4"/>
</svg>
`
