// Package schema declares the one table: its keys, its indexes and every access pattern by name. The deployed table, the
// local one and each test's table are built from Table; keys are made only by Pattern.Key, so that what is listed here is
// all there is. testdata/patterns.golden prints each pattern with sample values.
//
// The team is the first part of every partition key, in the base table and in every index, except for the directory kinds
// (Directory: true), which find a team from outside and hold nothing that a customer typed.
package schema

// Names of attributes that mean something to the table itself.
const (
	PK      = "pk"
	SK      = "sk"
	Version = "Version"
	Expires = "expires" // epoch seconds; DynamoDB's TTL removes the item some time later, readers ignore it at once
)

// Index is a global secondary index; all project every attribute, so that a list page is one query.
type Index struct {
	Name string
	PK   string // partition attribute
	SK   string // sort attribute
}

// Indexes hold only records that carry both attributes (sparse). The first four order one kind of a team in different
// ways; the others hold the records that point at one owner, person, ….
var Indexes = []Index{
	ByID, ByAddTime, ByUpdateTime, ByTime, ByOwner, ByPerson, ByOrganization, ByDeal, ByPipeline, ByStage, ByStatus,
}

var (
	ByID           = Index{"byId", "list", "sortId"}
	ByAddTime      = Index{"byAddTime", "list", "sortAdded"}
	ByUpdateTime   = Index{"byUpdateTime", "list", "sortUpdated"}
	ByTime         = Index{"byTime", "timeList", "sortTime"} // due time of an activity, last message of a user's threads, persons of a domain
	ByOwner        = Index{"byOwner", "ownerList", "sortId"}
	ByPerson       = Index{"byPerson", "personList", "sortId"}
	ByOrganization = Index{"byOrganization", "organizationList", "sortId"}
	ByDeal         = Index{"byDeal", "dealList", "sortId"}
	ByPipeline     = Index{"byPipeline", "pipelineList", "sortId"}
	ByStage        = Index{"byStage", "stageList", "sortId"}
	ByStatus       = Index{"byStatus", "statusList", "sortId"}
)

// Every access pattern of the base table. Times are UTC in the fixed-width form of value.SortTime, numbers in sort keys
// are padded, so that byte order is time and number order.
var (
	Record  = base("record", "T#%d#%s", "#", "one record or guard: deal#7, person#5, mid#<Message-ID>", 1, "deal#7")
	Summary = base("summary", "T#%d#%s", "S", "what is derived for a record: numbers, its next and last activity, its newest mail", 1, "deal#7")
	Share   = base("share", "T#%d#%s", "S#%012d", "how many deals a person has with one organization", 1, "person#5", 3)

	// What shows on a record lies in its own partition, a shelf per kind of row. Relations and files follow the record
	// itself, so that the head of a detail view is one query.
	Relation    = base("relation", "T#%d#%s", "#R#%012d", "relations of an organization (at most 100)", 1, "organization#3", 4)
	FileRow     = base("file row", "T#%d#%s", "#X#%012d", "files of a record, newest first: the number falls as the id grows", 1, "deal#7", 999999999990)
	Flow        = base("flow", "T#%d#%s", "F#%s#%s", "what happened around a record, and its change log", 1, "deal#7", "2026-11-23T10:00:00.000Z", "note#9")
	Mail        = base("mail threads", "T#%d#%s", "M#%s#%s", "threads linked to a record, by last message; of an address, those in which it is a stranger", 1, "person#5", "2026-11-23T10:00:00.000Z", "mailThread#2")
	OpenDeal    = base("open deals", "T#%d#%s", "O#%012d", "open deals of a person or an organization", 1, "person#5", 7)
	Named       = base("named by", "T#%d#%s", "N#%s", "records that name this one by a link of their own: a deal's participants, custom fields", 1, "person#5", "deal#7")
	Message     = base("messages", "T#%d#%s", "m#%s#%s", "messages of a thread, oldest first", 1, "mailThread#2", "2026-11-23T10:00:00.000Z", "mailMessage#11")
	Follower    = base("followers", "T#%d#%s", "W#%06d", "users who follow a record", 1, "deal#7", 2)
	FollowerLog = base("follower log", "T#%d#%s", "w#%012d", "who became a follower of a record and who is none any more", 1, "deal#7", 12)
	Planned     = base("planned", "T#%d#%s", "P#%s#%s", "undone activities of a record, by due time", 1, "deal#7", "2026-11-24T09:00:00.000Z", "activity#8")

	Comment  = base("comments", "T#%d#%s", "K#%s", "comments on a note, oldest first, since their UUIDs begin with the time", 1, "note#9", "019aa5f2-7c00-7000-8000-000000000000")
	Reminder = base("reminders", "T#%d#%s", "D#%s", "what became of the reminders of an activity, by due time and owner", 1, "activity#8", "2026-11-24T09:00:00.000Z#000002")

	// Small collections are read whole with one query.
	Team         = base("team", "T#%d#team", "#", "a team's name, zone, currency, mail address", 1)
	User         = base("users", "T#%d#users", "%06d", "all users of a team", 1, 1)
	UserToken    = base("tokens of a user", "T#%d#tokens", "%06d#%s", "hashes of a user's tokens, to revoke them", 1, 1, "9f86d081…")
	Pipeline     = base("pipelines", "T#%d#pipelines", "pipeline#%06d", "all pipelines of a team, read together with its stages", 1, 1)
	Stage        = base("stages", "T#%d#pipelines", "stage#%06d", "all stages of a team", 1, 3)
	ActivityType = base("activity types", "T#%d#activityTypes", "%06d", "all activity types of a team", 1, 2)
	FieldOptions = base("field options", "T#%d#fields#%s", "o#%09d#%06d", "options of a field in chunks of 200 numbers, beside the entity's own fields (record fields#deal)", 1, "deal", 10001, 0)

	// Webhooks lie with how they fare; what is sent to each lies by itself.
	Webhook      = base("webhooks", "T#%d#webhooks", "w#%06d", "what a team's users want to be told of, and where", 1, 5)
	WebhookState = base("webhook states", "T#%d#webhooks", "s#%06d", "how a webhook fares: its last attempt, its failures, its ban", 1, 5)
	Delivery     = base("deliveries", "T#%d#webhook#%s", "d#%s", "what was sent to a webhook, by time, since their UUIDs begin with it", 1, "5", "019aa5f2-7c00-7000-8000-000000000000")
	DeliveryBody = base("delivery bodies", "T#%d#webhook#%s", "b#%s", "what a delivery says, in pieces that fit an item", 1, "5", "019aa5f2-7c00-7000-8000-000000000000/0")

	// Figures: facts as they were written, what is made of them by deal, and sums.
	Fact    = base("facts", "T#%d#facts#%s", "%s#%012d#%06d", "what changed about deals, a day of a team's facts in the order of writing", 1, "2026-11-23", "2026-11-23T10:00:00.000Z", 7, 3)
	Figures = base("figures", "T#%d#%s", "G#%s#%s", "what each deal of a pipeline and an owner counts for, by the last time that it counts", 1, "pipe#1#user#2", "2026-11-23T10:00:00.000Z", "deal#7")
	Totals  = base("totals", "T#%d#totals", "%s", "sums of all deals, an item per pipeline and owner", 1, "1#2")

	// An import: its rows' marks and each chunk's lie by themselves, a chunk a partition; what failed lies beside the record.
	ImportChunk  = base("import chunk", "T#%d#importChunk#%s", "#", "that a chunk of an import was finished", 1, "5-12")
	ImportRow    = base("import row", "T#%d#importChunk#%s", "r#%06d", "what became of a row, once", 1, "5-12", 603)
	ImportErrors = base("import errors", "T#%d#import#%d", "e#%06d", "rows that failed, an item per chunk, in the order of the file", 1, 5, 12)
	Tally        = base("tally", "T#%d#%s", "t", "numbers that many writers add to: how far an import is", 1, "import#5")

	// Search: the items of a word lie with those of all words that begin alike, of one kind of records.
	Word     = base("words", "T#%d#words#%s#%s", "%s#%012d", "records of a kind by their words, folded, newest first; apart by a word's first two letters", 1, "deal", "lo", "lodz", 999999999992)
	Phone    = base("phone digits", "T#%d#phones#%s", "%s#%s", "records by the digits of their phone numbers, last digit first; apart by the first two", 1, "76", "7654321", "person#5")
	Requests = base("requests", "T#%d#requests#%s", "%s", "how much a token asked for in a window of two seconds, where that is limited", 1, "9f86d081…", "2026-11-23T10:00:00.000Z")

	Bookmark = base("bookmark", "T#%d#bookmark#%s", "#", "where a page of an offset list ended, by the list's question and the offset", 1, "8TQvFmSZ0Q3w-100")
	Audit    = base("audit log", "T#%d#audit", "A#%s#%s", "administrative acts: who did what to which user, token, field or setting", 1, "2026-11-23T10:00:00.000Z", "K3V7QH2M")
	Claim    = base("idempotency key", "T#%d#claim#%s", "k", "who asked for something under an Idempotency-Key, what was made, what was answered; by user and key", 1, "2-n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")
	Merges   = base("merges", "T#%d#merges", "#", "merges under way: what was absorbed, and by what", 1)
	Sequence = base("sequence", "T#%d#sequence", "%s", "the last id given to each kind", 1, "deal")
	Job      = base("job", "T#%d#job#%s", "#", "resumable work that a change left behind", 1, "relink-deal#7-12")

	Token        = directory("token", "TOKEN#%s", "#", "token hash → team and user", "9f86d081…")
	Address      = directory("inbound address", "ADDRESS#%s", "#", "local part of a dedicated address → team", "acme-k3x9q2")
	TeamSequence = directory("team sequence", "TEAMS", "sequence", "the last team id given")
	Due          = directory("due bucket", "DUE#%s#%d", "%06d#%s", "what is looked at in a minute, since a mail may be due: activities, questions about mail threads; over two shards", "2026-11-24T08:45", 1, 1, "000000000008")
	DueMark      = directory("due mark", "DUE", "mark", "the minute up to which what is due was looked at")
	SweepMark    = directory("sweep mark", "SWEEP", "mark", "how far raw mail was compared with the ledger")
	Unroutable   = directory("unroutable mail", "UNROUTABLE#%s", "#", "raw messages to addresses that nobody has", "o3vrnil0e2ic")
)
