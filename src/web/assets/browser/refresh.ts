/**
 * A page that tells of work under way is read again every `data-refresh` seconds, but not under the hands of somebody who
 * is on a link or a button of it. Its own link does the same, without script too.
 */
export function refresh(): void {
  const seconds = Number(document.querySelector<HTMLElement>('[data-refresh]')?.dataset['refresh'])
  if (!seconds) return
  setInterval(() => {
    if (document.activeElement === document.body) location.reload()
  }, seconds * 1000)
}
