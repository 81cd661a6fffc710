package mail

// forwardSeparators announce a forwarded message, with or without dashes around them. They are compared by beginning.
var forwardSeparators = folded(
	"forwarded message", "begin forwarded message", "forwarded by", "start of forwarded message", "forwarded mail", "begin forwarded text", "forwarded text",
	"przekazana wiadomość", "wiadomość przekazana", "treść przekazanej wiadomości", "początek przekazywanej wiadomości",
	"początek przekazanej wiadomości", "przekazane przez", "przesłana wiadomość", "wiadomość przesłana dalej",
	"weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail", "weitergeleitet von",
	"message transféré", "message transmis", "début du message transféré", "début du message réexpédié", "transféré par",
	"mensaje reenviado", "inicio del mensaje reenviado", "comienza el mensaje reenviado", "reenviado por", "messaggio inoltrato",
	"inizio messaggio inoltrato", "inoltrato da", "mensagem encaminhada", "início da mensagem encaminhada",
	"início da mensagem reencaminhada", "mensagem reencaminhada", "encaminhado por", "doorgestuurd bericht", "begin doorgestuurd bericht",
	"doorgestuurd door", "vidarebefordrat meddelande", "vidarebefordrat brev", "påbörjat vidarebefordrat meddelande",
	"videresendt melding", "videresendt besked", "videresendt meddelelse", "videresendt e-mail", "begynnelsen på videresendt melding",
	"start på videresendt besked", "välitetty viesti", "edelleenlähetetty viesti", "välitetty viesti alkaa", "přeposlaná zpráva",
	"přeposlaný e-mail", "začátek přeposílané zprávy", "preposlaná správa", "preposlaný e-mail", "začiatok preposlanej správy",
	"továbbított üzenet", "továbbított levél", "a továbbított levél kezdete", "mesaj redirecționat", "mesaj redirectionat",
	"începe mesajul redirecționat", "yönlendirilmiş mesaj", "iletilen mesaj", "iletilmiş mesaj", "iletilen ileti", "iletiyi başlat",
	"пересылаемое сообщение", "пересланное сообщение", "начало переадресованного сообщения", "переслане повідомлення",
	"початок листа, що пересилається", "препратено съобщение", "προωθημένο μήνυμα", "προωθούμενο μήνυμα", "αρχή προωθημένου μηνύματος",
	"proslijeđena poruka", "posredovano sporočilo", "edastatud kiri", "edastatud sõnum", "pārsūtīts ziņojums", "pārsūtītais ziņojums",
	"persiųstas laiškas", "missatge reenviat", "הודעה שהועברה", "תחילת ההודעה שהועברה", "رسالة معاد توجيهها",
	"بداية الرسالة المعاد توجيهها", "رسالة محوّلة", "转发的邮件", "转发邮件", "已转发邮件", "轉寄郵件", "轉寄的郵件", "開始轉寄郵件", "以下是转发的邮件", "转发的消息", "転送メッセージ",
	"転送されたメッセージ", "전달된 메시지", "전달된 메일", "tin nhắn được chuyển tiếp", "thư được chuyển tiếp", "pesan terusan", "pesan yang diteruskan",
	"ข้อความที่ส่งต่อ", "vidarebefordrat mejl", "ileti başlangıcı", "započni proslijeđenu poruku", "početak proslijeđene poruke",
	"prosleđena poruka", "прослеђена порука", "перенаправленное сообщение", "перенаправлене повідомлення", "inici del missatge reenviat",
	"メッセージを転送", "bắt đầu thư được chuyển tiếp", "mulai pesan terusan", "weitergeleitete mail", "weitergeleitete e-mail",
	"doorgestuurde e-mail", "mail transféré",
)

// originalSeparators stand above replies and forwards alike.
var originalSeparators = folded(
	"original message", "original appointment", "oryginalna wiadomość", "wiadomość oryginalna", "wiadomość pierwotna", "treść oryginalna",
	"ursprüngliche nachricht", "originalnachricht", "message d'origine", "message d’origine", "message original", "mensaje original",
	"messaggio originale", "mensagem original", "oorspronkelijk bericht", "origineel bericht", "ursprungligt meddelande",
	"originalmeddelande", "opprinnelig melding", "oprindelig meddelelse", "alkuperäinen viesti", "původní zpráva", "pôvodná správa",
	"eredeti üzenet", "mesaj original", "orijinal mesaj", "özgün ileti", "исходное сообщение", "оригинальное сообщение",
	"вихідне повідомлення", "оригинално съобщение", "αρχικό μήνυμα", "izvorna poruka", "izvirno sporočilo", "algne kiri", "הודעה מקורית",
	"الرسالة الأصلية", "原始邮件", "原始郵件", "元のメッセージ", "원본 메시지", "원본 메일", "pierwotna wiadomość", "oryginalny e-mail", "original-nachricht",
	"ursprüngliche mail", "ursprüngliche e-mail", "mail original", "oprindelig besked", "original besked", "původní e-mail",
	"pôvodný e-mail", "исходное письмо", "algne sõnum", "sākotnējais ziņojums", "pradinis laiškas", "missatge original",
	"originalna poruka", "tin nhắn gốc", "thư gốc", "pesan asli", "ข้อความต้นฉบับ", "پیام اصلی",
)

// forwardEnds stand, between dashes, below a forwarded message.
var forwardEnds = folded(
	"end forwarded message", "end forwarded text", "end of forwarded message", "end of original message", "koniec przekazanej wiadomości",
	"koniec przekazywanej wiadomości", "ende der weitergeleiteten nachricht", "ende weitergeleitete nachricht",
	"fin du message transféré", "fin del mensaje reenviado", "fine messaggio inoltrato", "fim da mensagem encaminhada",
	"fim da mensagem reencaminhada", "einde doorgestuurd bericht", "slut på vidarebefordrat meddelande", "konec přeposlané zprávy",
	"koniec preposlanej správy", "конец пересылаемого сообщения",
)

// writingVerbs end the line by which a program says who wrote what follows ("On …, Jo wrote:").
var writingVerbs = folded(
	"wrote", "writes", "napisał", "napisała", "napisał(a)", "napisał/a", "pisze", "schrieb", "geschrieben", "écrit", "escribió",
	"escribio", "ha scritto", "scrisse", "escreveu", "schreef", "geschreven", "skrev", "skrev följande", "kirjoitti", "napsal", "napsala",
	"napsal(a)", "napísal", "napísala", "napísal(a)", "írta", "ezt írta", "a scris", "scris", "yazdı", "şunu yazdı", "şunları yazdı",
	"написал", "написала", "написал(а)", "пишет", "написав", "написав(ла)", "пише", "έγραψε", "napisao", "napisao je", "je napisal",
	"kirjutas", "rakstīja", "rašė", "va escriure", "כתב", "כתבה", "כתב/ה", "كتب", "كتبت", "写道", "寫道", "書きました", "さんは書きました", "작성", "님이 작성",
	"đã viết", "menulis", "เขียนว่า", "kirjutab", "napisala", "написа", "je napisao", "је написао", "viết", "schrijft", "écrivait",
	"scriveva", "skriver", "a écrit",
)

func folded(phrases ...string) []string {
	for i, phrase := range phrases {
		phrases[i] = foldLabel(phrase)
	}
	return phrases
}
