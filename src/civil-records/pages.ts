import { Router } from 'express'
import type { DocumentPool } from '../documents/pool.ts'
import type { Town } from '../town-context.ts'
import { actPages } from './act-pages.ts'
import { donePages } from './ask-done-pages.ts'
import { questionPages } from './ask-pages.ts'
import { sendingPages } from './ask-send-pages.ts'
import { startPages } from './ask-start-pages.ts'
import { bulkPages } from './bulk-pages.ts'
import { filePages } from './file-pages.ts'
import { followPages } from './follow-pages.ts'
import { printPages } from './print-pages.ts'
import { queuePages } from './queue-pages.ts'
import { receiptPages } from './receipt-pages.ts'

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
