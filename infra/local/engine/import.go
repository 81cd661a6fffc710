package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/node"
	"github.com/lejek/lejek/infra/local/process"
)

// Import is a table of the schema in an engine of its own that holds these items from the start, read from a file in the form of
// DynamoDB's exports. It is for tests of very many items: a hundred thousand take seconds, where writing them takes a minute.
func Import(t testing.TB, items iter.Seq[map[string]types.AttributeValue]) (cfg aws.Config, table string) {
	t.Helper()
	tools, err := node.Install(t.Context())
	if err != nil {
		Missing(t, err)
	}
	path, err := tools.Engine()
	if err != nil {
		Missing(t, err)
	}
	table = "imported"
	dir := t.TempDir()
	data, schema := filepath.Join(dir, table, "data"), filepath.Join(dir, "schema.json")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := write(schema, func(w io.Writer) error { return json.NewEncoder(w).Encode(described(table)) }); err != nil {
		t.Fatal(err)
	}
	err = write(filepath.Join(data, "items.json"), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		for it := range items {
			if err := enc.Encode(map[string]any{"Item": attributes(it)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // on a busy machine
	defer cancel()
	p, err := process.Start(ctx, "listening on", path, "import", "--source", dir, "--schema", schema, "--serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return Local(fmt.Sprintf("http://127.0.0.1:%d", port)), table
}

func write(path string, content func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err := content(w); err != nil {
		f.Close()
		return err
	}
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// described is the table's definition as DescribeTable tells it.
func described(table string) any {
	d := definition(table)
	type index struct {
		IndexName  *string
		KeySchema  []types.KeySchemaElement
		Projection map[string]string
	}
	var indexes []index
	for _, i := range d.GlobalSecondaryIndexes {
		indexes = append(indexes, index{i.IndexName, i.KeySchema, map[string]string{"ProjectionType": string(i.Projection.ProjectionType)}})
	}
	return map[string]any{"Table": map[string]any{
		"TableName": d.TableName, "KeySchema": d.KeySchema, "AttributeDefinitions": d.AttributeDefinitions, "GlobalSecondaryIndexes": indexes,
	}}
}

// attributes is an item in DynamoDB's JSON.
func attributes(it map[string]types.AttributeValue) map[string]any {
	out := make(map[string]any, len(it))
	for name, v := range it {
		out[name] = attribute(v)
	}
	return out
}

func attribute(v types.AttributeValue) map[string]any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": v.Value}
	case *types.AttributeValueMemberNS:
		return map[string]any{"NS": v.Value}
	case *types.AttributeValueMemberM:
		return map[string]any{"M": attributes(v.Value)}
	case *types.AttributeValueMemberL:
		list := make([]map[string]any, len(v.Value))
		for i, e := range v.Value {
			list[i] = attribute(e)
		}
		return map[string]any{"L": list}
	}
	return map[string]any{"NULL": true}
}
