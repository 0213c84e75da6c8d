import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** What must be known of the machine to read its figures: cores, how busy it is, how long its disk takes to keep a page. */
export function machineFacts(folder: string): string {
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 2).join(' ')
  return `${availableParallelism()} cores, load ${load}, fsync ${fsyncMs(folder).toFixed(2)} ms, Node ${process.versions.node}`
}

/** The median of forty waits for four kilobytes to be on the disk. */
function fsyncMs(folder: string): number {
  const path = join(folder, 'fsync')
  const file = openSync(path, 'w')
  const page = Buffer.alloc(4096, 1)
  const taken = Array.from({ length: 40 }, () => {
    const start = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - start
  }).sort((a, b) => a - b)
  closeSync(file)
  rmSync(path)
  return taken[20] ?? 0
}

/** The most memory that a process had resident so far, in megabytes; 0 for one that is gone. */
export function peakMemory(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Seconds of processor that a process has used, its own and the system's for it. */
export function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}
