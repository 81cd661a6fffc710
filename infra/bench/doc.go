// Package bench measures what operations cost: DynamoDB calls, capacity units, and the time of the whole function as a
// ratio to the time that its engine calls took in the same run. Absolute times of a local engine say little about
// production; calls, units and the ratio do. Run it with make bench.
package bench
