package dynamo

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	maxItem = 400 << 10 // "Quotas": the size of an item, names and values
	maxPage = 5 << 20   // of a list; Lambda answers at most 6 MB
)

// storedSize is what DynamoDB counts of an item, closely enough to refuse what it would refuse.
func storedSize(it item) int { return sizeOf(it, func(s string) int { return len(s) }) }

// wireSize is how large an item's content can become in an answer: JSON within the JSON of Lambda's response, so that a
// quote takes four bytes.
func wireSize(it item) int {
	return sizeOf(it, func(s string) int {
		n := len(s) + 8
		for i := range len(s) {
			switch c := s[i]; {
			case c == '"' || c == '\\':
				n += 3
			case c == '\n' || c == '\r' || c == '\t':
				n += 2
			case c < ' ':
				n += 6
			}
		}
		return n
	})
}

func sizeOf(it item, text func(string) int) (n int) {
	for name, v := range it {
		n += len(name) + sizeOfValue(v, text)
	}
	return n
}

func sizeOfValue(v types.AttributeValue, text func(string) int) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return text(v.Value)
	case *types.AttributeValueMemberN:
		return len(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberM:
		return 3 + sizeOf(v.Value, text)
	case *types.AttributeValueMemberL:
		n := 3
		for _, e := range v.Value {
			n += 1 + sizeOfValue(e, text)
		}
		return n
	case *types.AttributeValueMemberNS:
		n := 0
		for _, s := range v.Value {
			n += len(s)
		}
		return n
	}
	return 1
}
