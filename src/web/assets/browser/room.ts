/** What the town answers to who waits: see the room's pages. */
type News = { say: string; more: string; wait: number; to?: string }

/**
 * The waiting room, without loading the page again: asks from time to time, tells what has changed, goes on by itself when
 * it is one's turn. Without this script the page loads itself again.
 */
function waitInRoom(room: HTMLElement, poll: string): void {
  const [say, more] = ['say', 'more'].map(name => room.querySelector<HTMLElement>(`[data-${name}]`))
  let timer = 0
  let asked = performance.now()

  const again = (seconds: number) => {
    clearTimeout(timer)
    timer = window.setTimeout(ask, seconds * 1000)
  }
  // Only what is new is read aloud.
  const tell = (element: HTMLElement | null | undefined, text: string) => {
    if (element && element.textContent !== text) element.textContent = text
  }

  async function ask(): Promise<void> {
    asked = performance.now()
    try {
      const answer = await fetch(poll, { cache: 'no-store' })
      if (answer.redirected) return location.reload() // signed out meanwhile
      if (!answer.ok) return again(Number(answer.headers.get('Retry-After')) || 5 + 5 * Math.random())
      const news: News = await answer.json()
      if (news.to) return location.replace(news.to)
      tell(say, news.say)
      tell(more, news.more)
      again(news.wait)
    } catch {
      again(5 + 5 * Math.random())
    }
  }

  again(Number(room.dataset['wait']))
  // A phone that slept, or a tab in the background, has missed some turns of the clock.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && performance.now() - asked > 3_000) void ask()
  })
  window.addEventListener('pageshow', event => {
    if (event.persisted) void ask()
  })
}

const room = document.querySelector<HTMLElement>('[data-room]')
if (room?.dataset['room']) waitInRoom(room, room.dataset['room'])
