// Verifies one credential and ends: what a command costs that is started for it.
// Arguments: the workload, which holds the contexts and lists; the credential.
import {readFileSync} from 'node:fs';
import {peersFor} from './credentials.mjs';

const {verify} = await peersFor(process.argv[2]);
await verify('digitalbazaar', 'eddsa-rdfc-2022', readFileSync(process.argv[3], 'utf8'));
