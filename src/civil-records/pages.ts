import { Router } from 'express'
import type { DocumentPool } from '../documents/pool.ts'
import type { Town } from '../town-context.ts'
import { donePages } from './asking/ask-done-pages.ts'
import { questionPages } from './asking/ask-pages.ts'
import { sendingPages } from './asking/ask-send-pages.ts'
import { startPages } from './asking/ask-start-pages.ts'
import { filePages } from './file/file-pages.ts'
import { receiptPages } from './file/receipt-pages.ts'
import { followPages } from './following/follow-pages.ts'
import { actPages } from './printing/act-pages.ts'
import { printPages } from './printing/print-pages.ts'
import { bulkPages } from './queue/bulk-pages.ts'
import { queuePages } from './queue/queue-pages.ts'

/** All pages of civil records: asking, following, and the clerks' room. What has a name of its own comes before `:id`. */
export function civilRecordsPages(town: Town, pdf: DocumentPool): Router {
  return Router().use(
    startPages(town),
    sendingPages(town),
    donePages(town),
    questionPages(town),
    followPages(town),
    queuePages(town),
    bulkPages(town),
    printPages(town),
    actPages(town, pdf),
    receiptPages(town, pdf),
    filePages(town),
  )
}
