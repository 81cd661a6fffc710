// Package client holds the proof that Pipedrive's own client works: its test starts the system, and suite.cjs drives the official
// npm package over every operation that both have, holding each answer against the types that the package declares. What an
// answer may differ in is listed in exceptionsv1.cjs and exceptionsv2.cjs.
package client
