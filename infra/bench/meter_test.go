package bench

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// meter sits in the DynamoDB client and adds up calls, units and engine time.
type meter struct {
	mu          sync.Mutex
	calls       int
	read, write float64
	engine      time.Duration
	aside       time.Duration
	off         bool
}

func (m *meter) install(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("meter", m.handle), middleware.Before)
	})
}

func (m *meter) handle(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	if m.off {
		return next.HandleInitialize(ctx, in)
	}
	ask(in.Parameters)
	start := time.Now()
	out, meta, err := next.HandleInitialize(ctx, in)
	took := time.Since(start)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	m.engine += took
	for _, c := range consumed(out.Result) {
		if c == nil || c.CapacityUnits == nil {
			continue
		}
		switch in.Parameters.(type) {
		case *dynamodb.GetItemInput, *dynamodb.QueryInput, *dynamodb.BatchGetItemInput:
			m.read += *c.CapacityUnits
		default:
			m.write += *c.CapacityUnits
		}
	}
	return out, meta, err
}

// ask wants the units of each call told; with indexes, since a write costs in each of them.
func ask(params any) {
	const total = types.ReturnConsumedCapacityIndexes
	switch in := params.(type) {
	case *dynamodb.GetItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.BatchGetItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.UpdateItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.TransactWriteItemsInput:
		in.ReturnConsumedCapacity = total
	}
}

func consumed(result any) (list []*types.ConsumedCapacity) {
	switch out := result.(type) {
	case *dynamodb.GetItemOutput:
		return []*types.ConsumedCapacity{out.ConsumedCapacity}
	case *dynamodb.QueryOutput:
		return []*types.ConsumedCapacity{out.ConsumedCapacity}
	case *dynamodb.UpdateItemOutput:
		return []*types.ConsumedCapacity{out.ConsumedCapacity}
	case *dynamodb.BatchGetItemOutput:
		for i := range out.ConsumedCapacity {
			list = append(list, &out.ConsumedCapacity[i])
		}
	case *dynamodb.TransactWriteItemsOutput:
		for i := range out.ConsumedCapacity {
			list = append(list, &out.ConsumedCapacity[i])
		}
	}
	return list
}

// measure runs an operation b.N times and reports, per operation, calls, units and p50(total)/p50(engine).
func (m *meter) measure(b *testing.B, do func(i int)) {
	b.Helper()
	var total, engine []time.Duration
	m.calls, m.read, m.write = 0, 0, 0
	b.ResetTimer()
	for i := range b.N {
		m.engine, m.aside = 0, 0
		start := time.Now()
		do(i)
		total = append(total, time.Since(start)-m.aside)
		engine = append(engine, m.engine)
	}
	b.StopTimer()
	n := float64(b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(m.calls)/n, "calls/op")
	b.ReportMetric(m.read/n, "RCU/op")
	b.ReportMetric(m.write/n, "WCU/op")
	b.ReportMetric(float64(median(total))/float64(median(engine)), "p50-total/engine")
}

// apart prepares something within an operation that is measured, without being counted.
func (m *meter) apart(prepare func()) {
	m.off = true
	start := time.Now()
	prepare()
	m.aside += time.Since(start)
	m.off = false
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return max(d[len(d)/2], 1)
}
