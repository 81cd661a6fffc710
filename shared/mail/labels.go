package mail

import "strings"

// field is what a label in the header block of a forward announces.
type field int

const (
	noField field = iota
	fromField
	toField
	ccField
	bccField
	replyToField
	dateField
	subjectField
	idField
	referencesField
	ignoredField // known to stand in header blocks, of no use
)

// labelTable holds the labels of header blocks as mail programs write them, by language: From | To | Cc | Bcc | Date and
// Sent | Subject. A language is added by adding a line. Looking one up takes no notice of the language, since programs mix
// them: Gmail in Polish writes "Od", "Date", "Subject" and "To".
var labelTable = map[string]string{
	"en": "from|to|cc,copy|bcc|date,sent,sent on,date sent|subject",
	"pl": "od,nadawca|do,adresat,odbiorca|dw,kopia,do wiadomości|udw,ukryta kopia|data,wysłano,wysłane,data wysłania|temat",
	"de": "von|an|cc,kopie|bcc,blindkopie|datum,gesendet,gesendet am|betreff",
	"fr": "de,expéditeur|à,a,destinataire|cc,copie,copie à|cci|date,envoyé,envoyé le|objet,sujet",
	"es": "de|para,a|cc|cco|fecha,enviado,enviado el,enviado el día|asunto",
	"it": "da,mittente|a,destinatario|cc|ccn|data,inviato,data invio,inviata|oggetto",
	"pt": "de|para|cc|cco|data,enviado,enviada,enviada em,enviado em|assunto",
	"nl": "van|aan|cc|bcc|datum,verzonden,verzonden op|onderwerp",
	"sv": "från|till|kopia,kopia till|hemlig kopia|datum,skickat,skickat den,skickades|ämne",
	"no": "fra|til|kopi|blindkopi|dato,sendt|emne",
	"da": "fra|til|cc|bcc|dato,sendt|emne",
	"fi": "lähettäjä|vastaanottaja,saaja|kopio|piilokopio|päiväys,lähetetty,päivämäärä,pvm|aihe",
	"cs": "od,odesílatel|komu,pro|kopie,kopie komu|skrytá kopie|datum,odesláno|předmět",
	"sk": "od,odosielateľ|komu,pre|kópia|skrytá kópia|dátum,odoslané|predmet",
	"hu": "feladó|címzett|másolatot kap,másolat|titkos másolat|dátum,elküldve,küldve|tárgy",
	"ro": "de la,expeditor|către,catre|cc|cci|data,trimis,dată|subiect",
	"tr": "kimden,gönderen|kime,alıcı|bilgi|gizli|tarih,gönderildi,gönderme tarihi|konu",
	"ru": "от,от кого,отправитель|кому|копия|скрытая копия|дата,отправлено|тема",
	"uk": "від,від кого|кому|копія|прихована копія|дата,надіслано|тема",
	"bg": "от,подател|до,получател|копие|скрито копие|дата,изпратено|тема,относно",
	"el": "από|προς|κοιν,κοινοποίηση|κρυφή κοιν|ημερομηνία,στάλθηκε,ημ/νία|θέμα",
	"hr": "od,šalje|za,prima|kopija|skrivena kopija|datum,poslano|predmet",
	"sl": "od,pošiljatelj|za|kp|skp|datum,poslano|zadeva",
	"et": "saatja|saaja,kellele|koopia|pimekoopia|kuupäev,saadetud|teema",
	"lv": "no|kam,adresāts|kopija|slēptā kopija|datums,nosūtīts|tēma,temats",
	"lt": "nuo,siuntėjas|kam,gavėjas|kopija|nematoma kopija|data,išsiųsta|tema",
	"ca": "de|per a,a|a/c|cco|data,enviat|assumpte",
	"he": "מאת|אל|עותק|עותק מוסתר|תאריך,נשלח,בתאריך|נושא",
	"ar": "من|إلى|نسخة|نسخة مخفية|التاريخ,تاريخ الإرسال,تاريخ|الموضوع",
	"zh": "发件人,寄件者,寄件人|收件人,收件者|抄送,副本|密送,密件副本|日期,发送时间,寄件日期,傳送時間,时间|主题,主旨,主題",
	"ja": "差出人,送信者|宛先|cc|bcc|日付,送信日時,日時|件名",
	"ko": "보낸 사람,발신|받는 사람,수신|참조|숨은 참조|날짜,보낸 날짜,일자|제목",
	"vi": "từ|đến,tới|cc|bcc|ngày,đã gửi|chủ đề",
	"id": "dari|kepada,ke|cc|bcc|tanggal,terkirim|subjek,perihal",
	"th": "จาก|ถึง|สำเนา|สำเนาลับ|วันที่,ส่ง|เรื่อง",
}

var labels = func() map[string]field {
	order := []field{fromField, toField, ccField, bccField, dateField, subjectField}
	table := map[string]field{
		"reply-to": replyToField, "reply to": replyToField, "odpowiedź do": replyToField, "odpowiedz do": replyToField,
		"antwort an": replyToField, "antwort-an": replyToField, "répondre à": replyToField, "responder a": replyToField,
		"rispondi a": replyToField, "message-id": idField, "references": referencesField, "in-reply-to": referencesField,
		"importance": ignoredField, "ważność": ignoredField, "wichtigkeit": ignoredField, "priority": ignoredField,
		"priorytet": ignoredField, "attachments": ignoredField, "attachment": ignoredField, "załączniki": ignoredField,
		"anlagen": ignoredField, "sender": ignoredField, "organization": ignoredField, "organizacja": ignoredField,
		"organisation": ignoredField, "resent-from": ignoredField, "resent-to": ignoredField, "resent-date": ignoredField,
		"x-mailer": ignoredField, "user-agent": ignoredField, "mime-version": ignoredField, "content-type": ignoredField,
	}
	for _, language := range labelTable {
		for i, forms := range strings.Split(language, "|") {
			for form := range strings.SplitSeq(forms, ",") {
				table[form] = order[i]
			}
		}
	}
	return table
}()

// forwardSeparators announce a forwarded message, with or without dashes around them. They are compared by beginning.
var forwardSeparators = []string{
	"forwarded message", "begin forwarded message", "forwarded by", "start of forwarded message", "forwarded mail",
	"przekazana wiadomość", "wiadomość przekazana", "treść przekazanej wiadomości", "początek przekazywanej wiadomości",
	"początek przekazanej wiadomości", "przekazane przez", "przesłana wiadomość", "wiadomość przesłana dalej",
	"weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
	"weitergeleitet von", "message transféré", "message transmis", "début du message transféré", "début du message réexpédié",
	"transféré par", "mensaje reenviado", "inicio del mensaje reenviado", "comienza el mensaje reenviado", "reenviado por",
	"messaggio inoltrato", "inizio messaggio inoltrato", "inoltrato da", "mensagem encaminhada",
	"início da mensagem encaminhada", "início da mensagem reencaminhada", "mensagem reencaminhada", "encaminhado por",
	"doorgestuurd bericht", "begin doorgestuurd bericht", "doorgestuurd door", "vidarebefordrat meddelande",
	"vidarebefordrat brev", "påbörjat vidarebefordrat meddelande", "videresendt melding", "videresendt besked",
	"videresendt meddelelse", "videresendt e-mail", "begynnelsen på videresendt melding", "start på videresendt besked",
	"välitetty viesti", "edelleenlähetetty viesti", "välitetty viesti alkaa", "přeposlaná zpráva", "přeposlaný e-mail",
	"začátek přeposílané zprávy", "preposlaná správa", "preposlaný e-mail", "začiatok preposlanej správy",
	"továbbított üzenet", "továbbított levél", "a továbbított levél kezdete", "mesaj redirecționat", "mesaj redirectionat",
	"începe mesajul redirecționat", "yönlendirilmiş mesaj", "iletilen mesaj", "iletilmiş mesaj", "iletilen ileti",
	"iletiyi başlat", "пересылаемое сообщение", "пересланное сообщение", "начало переадресованного сообщения",
	"переслане повідомлення", "початок листа, що пересилається", "препратено съобщение", "προωθημένο μήνυμα",
	"προωθούμενο μήνυμα", "αρχή προωθημένου μηνύματος", "proslijeđena poruka", "posredovano sporočilo", "edastatud kiri",
	"edastatud sõnum", "pārsūtīts ziņojums", "pārsūtītais ziņojums", "persiųstas laiškas", "missatge reenviat",
	"הודעה שהועברה", "תחילת ההודעה שהועברה", "رسالة معاد توجيهها", "بداية الرسالة المعاد توجيهها", "رسالة محوّلة",
	"转发的邮件", "转发邮件", "已转发邮件", "轉寄郵件", "轉寄的郵件", "開始轉寄郵件", "以下是转发的邮件", "转发的消息", "転送メッセージ",
	"転送されたメッセージ", "전달된 메시지", "전달된 메일", "tin nhắn được chuyển tiếp", "thư được chuyển tiếp",
	"pesan terusan", "pesan yang diteruskan", "ข้อความที่ส่งต่อ",
}

// originalSeparators stand above replies and forwards alike.
var originalSeparators = []string{
	"original message", "original appointment", "oryginalna wiadomość", "wiadomość oryginalna", "wiadomość pierwotna",
	"treść oryginalna", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message d’origine",
	"message original", "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht",
	"origineel bericht", "ursprungligt meddelande", "originalmeddelande", "opprinnelig melding", "oprindelig meddelelse",
	"alkuperäinen viesti", "původní zpráva", "pôvodná správa", "eredeti üzenet", "mesaj original", "orijinal mesaj",
	"özgün ileti", "исходное сообщение", "оригинальное сообщение", "вихідне повідомлення", "оригинално съобщение",
	"αρχικό μήνυμα", "izvorna poruka", "izvirno sporočilo", "algne kiri", "הודעה מקורית", "الرسالة الأصلية", "原始邮件",
	"原始郵件", "元のメッセージ", "원본 메시지", "원본 메일",
}

// writingVerbs end the line by which a program says who wrote what follows ("On …, Jo wrote:").
var writingVerbs = []string{
	"wrote", "writes", "napisał", "napisała", "napisał(a)", "napisał/a", "pisze", "schrieb", "geschrieben", "écrit", "escribió",
	"escribio", "ha scritto", "scrisse", "escreveu", "schreef", "geschreven", "skrev", "skrev följande", "kirjoitti", "napsal",
	"napsala", "napsal(a)", "napísal", "napísala", "napísal(a)", "írta", "ezt írta", "a scris", "scris", "yazdı",
	"şunu yazdı", "şunları yazdı", "написал", "написала", "написал(а)", "пишет", "написав", "написав(ла)", "пише",
	"έγραψε", "napisao", "napisao je", "je napisal", "kirjutas", "rakstīja", "rašė", "va escriure", "כתב", "כתבה", "כתב/ה",
	"كتب", "كتبت", "写道", "寫道", "書きました", "さんは書きました", "작성", "님이 작성", "đã viết", "menulis", "เขียนว่า",
}
