package linker_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// edgeCases are the odd cases that the rules for mail name, by their number there, with the tests that prove them: "row 5" is that
// row of the decision table, "edges" a case of TestEdgesOf… with the number in its name, "parsing" one of mail.TestEdgeCases.
var edgeCases = map[int]struct{ name, proof string }{
	1:  {"BCC only, address in no header", "row 1"},
	2:  {"two dedicated addresses in one delivery", "edges, TestTeamsInOneDeliverySeeOnlyTheirOwn"},
	3:  {"same mail delivered twice", "edges, row 28"},
	4:  {"tag of another team or forged signature", "edges"},
	5:  {"case of address and tag, trailing dot", "edges"},
	6:  {"undisclosed recipients", "edges"},
	7:  {"user on BCC of own mail", "edges"},
	8:  {"rotated address used late", "TestARotatedAddressReceivesForThirtyDays"},
	9:  {"alias, plus-addressed and googlemail user", "edges"},
	10: {"user and contact share an address", "edges, row 23"},
	11: {"IDN address in U-label and A-label form", "parsing"},
	12: {"display name that is another address", "parsing"},
	13: {"unquoted comma, brackets or trailing dot in From", "parsing"},
	14: {"encoded word inside quotes", "parsing"},
	15: {"two From fields; group syntax; empty From", "parsing, TestSecondFromFieldIsSeenHoweverItIsWritten"},
	16: {"differing Reply-To", "edges, parsing"},
	17: {"rewriting by Google Groups and Mailman", "edges, parsing"},
	18: {"robots and lists never created", "edges"},
	19: {"contact's new address in a known thread", "TestNewAddressInAKnownThread"},
	20: {"person merged or deleted", "edges, TestThreadForgetsADeletedPerson"},
	21: {"500 recipients", "edges, TestCrowdFitsIntoTheRecord"},
	22: {"two linkers create the same person at once", "TestTwoAtOnce"},
	23: {"free-mail domain, public suffix", "edges"},
	24: {"reply before parent", "edges"},
	25: {"known id only mid-chain", "edges, parsing"},
	26: {"In-Reply-To with prose or several ids", "edges, parsing"},
	27: {"folded, comma-separated, truncated References", "edges, parsing"},
	28: {"subject changed in thread", "edges, parsing"},
	29: {"template subject to two customers", "edges"},
	30: {"new topic via Reply", "edges"},
	31: {"forged reference to another team's or customer's thread", "edges, TestForwardedStrangerWhoCitesAnIDDoesNotGetIn"},
	32: {"same Message-ID, other body", "edges, row 29"},
	33: {"no Message-ID", "row 30, parsing"},
	34: {"Re: AW: WG: [ext]", "parsing"},
	35: {"empty subject", "edges, parsing"},
	36: {"thread whose deal was lost", "edges, row 16, TestQuestionAfterAChosenDealIsLostStaysOpen"},
	37: {"id of our own mail rewritten by SES", "cannot occur: no mail of ours is sent into a thread; reminders are row 31, known by their domain"},
	38: {"reference loop", "edges"},
	39: {"forwards of all programs in 20 locales", "mail.TestForwardsOfAllProgramsAreRead, mail.TestForwardReadsOldOfficeSuites, edges"},
	40: {"no From address", "row 9, parsing"},
	41: {"wrapped To", "parsing"},
	42: {"forward of a forward", "parsing"},
	43: {"forward of own sent mail", "edges, row 7, parsing"},
	44: {"forward of a bounce", "edges, parsing"},
	45: {"several attached messages", "row 6, parsing"},
	46: {"attached .msg, .eml as octet-stream", "parsing, TestAttachedMailThatCannotBeReadIsAFile"},
	47: {"text typed below the block", "parsing"},
	48: {"forward without prefix; prefix without forward", "edges, parsing"},
	49: {"forged inner block sent by an outsider", "edges, parsing"},
	50: {"forwarded twice", "edges, parsing"},
	51: {"forward plus direct copy", "edges, parsing"},
	52: {"forward to customer", "edges, row 8, parsing"},
	53: {"redirect with X-Forwarded-For", "edges, row 10, parsing"},
	54: {"HTML-only forward", "parsing"},
	55: {"no text part; empty text part beside full HTML", "mail.TestParseReadsBodies"},
	56: {"part without Content-Type", "mail.TestParseReadsBodies"},
	57: {"base64 with footer, broken quoted-printable, uuencode", "mail.TestParseReadsBodies, mail.TestParseTakesUUEncodedFilesOutOfTheText"},
	58: {"wrong charset label, raw 8-bit headers, ISO-2022-JP, split words", "mail.TestParseReadsBodies, mail.TestParseDecodesSubjects"},
	59: {"CR-only, LF-only, NUL, 100 KB line", "parsing"},
	60: {"odd names of attachments", "mail.TestParseFilesParts, edges"},
	61: {"inline images versus attachments, cid missing", "parsing, TestAttachmentsShowAndTheBodyIsSafe"},
	62: {"calendar invite, S/MIME, PGP, TNEF", "row 27, row 33, mail.TestParseReadsSignals"},
	63: {"macro or executable file; never unpack", "edges, parsing"},
	64: {"date in 1970 or 2038", "edges, parsing"},
	65: {"5,000-deep and 100,000-part MIME", "mail.TestHostileMailIsReadInBounds, row 34"},
	66: {"200,000 headers", "mail.TestHostileMailIsReadInBounds"},
	67: {"From = user, unaligned", "edges, row 20"},
	68: {"SPF pass for the attacker's own domain", "edges, mail.TestAlignedBelievesOnlyTheDomainInFrom"},
	69: {"injected Authentication-Results", "edges, TestSweptMailIsNotBelievedByWhatItsSenderWrote"},
	70: {"auto-responder ping-pong", "edges, row 24"},
	71: {"script, form, remote image, CSS overlay", "mailroom.TestShownHTMLDoesNothing, parsing"},
	72: {"formula in names", "edges"},
	73: {"crash before the ledger's write; retry after a partial write", "TestAnyCallMayFail"},
	74: {"object gone or not yet readable", "edges, TestReplayOfAMailWhoseRawBytesAreGone"},
	75: {"SES setup object", "edges, TestSweepFindsMailThatNobodyWasToldOf"},
	76: {"poison message, dead-letter replay", "edges"},
	77: {"40 MB within Lambda memory", "TestLargestMail, mail.TestHostileMailIsReadInBounds"},
	78: {"GRAY, PROCESSING_FAILED", "edges"},
}

// TestEveryEdgeCaseIsProven: a proof that is named is there.
func TestEveryEdgeCaseIsProven(t *testing.T) {
	t.Parallel()
	source := map[string]string{"linker": testsOf(t, "."), "mail": testsOf(t, "../../mail"), "mailroom": testsOf(t, "../mailroom")}
	for n := 1; n <= 78; n++ {
		c, ok := edgeCases[n]
		if !ok {
			t.Errorf("no edge case %d", n)
		}
		if reason, never := strings.CutPrefix(c.proof, "cannot occur: "); never && reason != "" {
			continue
		}
		for proof := range strings.SplitSeq(c.proof, ", ") {
			in, pattern := "linker", ""
			pkg, name, elsewhere := strings.Cut(proof, ".")
			row, isRow := strings.CutPrefix(proof, "row ")
			switch {
			case proof == "edges":
				pattern = fmt.Sprintf(`(?m)^\t\t\{"%d [^"]`, n)
			case proof == "parsing":
				in, pattern = "mail", fmt.Sprintf(`(?m)^\t\{%d, "`, n)
			case isRow:
				pattern = fmt.Sprintf(`(?m)^\t\{row: "%s[ ,"]`, row)
			case elsewhere:
				in, pattern = pkg, `(?m)^func `+name+`\(`
			default:
				pattern = `(?m)^func ` + proof + `\(`
			}
			if !regexp.MustCompile(pattern).MatchString(source[in]) {
				t.Errorf("case %d, %s: no %s", n, c.name, proof)
			}
		}
	}
}

// testsOf is the source of all tests of a package.
func testsOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", dir, err)
	}
	var all strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}
