package signed

import (
	"bytes"
	"strings"
	"testing"
)

var kindsOfTags = []string{TagDeal, TagPerson, TagOrganization, TagThread, TagChoose}

func TestATagCountsForItsRecordAndKeyAlone(t *testing.T) {
	t.Parallel()
	key, other := NewAddressKey(), NewAddressKey()
	if bytes.Equal(key, other) {
		t.Fatal("two keys are one")
	}
	for _, kind := range kindsOfTags {
		text := key.Tag(kind, 123456789)
		got, ok := ReadTag(strings.ToUpper(text))
		if !ok || got.Kind != kind || got.ID != 123456789 || !key.Signed(got) || other.Signed(got) || len(text) > len("person123456789-")+16 {
			t.Errorf("%s: %+v %v", text, got, ok)
		}
		for _, change := range []func(*Tag){
			func(t *Tag) { t.ID++ }, func(t *Tag) { t.Kind = kindsOfTags[(1+len(t.Kind))%len(kindsOfTags)] + "x" }, func(t *Tag) { t.MAC = "" }, func(t *Tag) { t.MAC = t.MAC[1:] + "a" },
		} {
			o := got
			if change(&o); o != got && key.Signed(o) {
				t.Errorf("%+v counts as signed", o)
			}
		}
	}
	if plain := AddressKey(nil).Tag(TagDeal, 7); plain != "deal7" || AddressKey(nil).Signed(Tag{Kind: TagDeal, ID: 7}) {
		t.Errorf("without a key: %s", plain)
	}
}

// FuzzReadTag: what is read is written the same, and nothing that is not.
func FuzzReadTag(f *testing.F) {
	for _, s := range []string{"deal7", "DEAL7-ABCDEFGHIJKLMNOP", "org1-aaaaaaaaaaaaaaaa", "deal07", "deal-1", "deal7-", "deal9999999999999999", "person5\n", "deal7-abcdefghijklmno1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ReadTag(s)
		if !ok {
			return
		}
		again := AddressKey(nil).Tag(got.Kind, got.ID)
		if got.MAC != "" {
			again += "-" + got.MAC
		}
		if again != strings.ToLower(s) || got.ID < 1 {
			t.Errorf("%q is read as %+v", s, got)
		}
	})
}
