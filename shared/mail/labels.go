package mail

import (
	"strings"
	"sync"
)

// field is what a label in the header block of a forward announces.
type field int

const (
	noField field = iota
	fromField
	toField
	ccField
	bccField
	dateField
	subjectField
	replyToField
	idField
	referencesField
	ignoredField // known to stand in header blocks, of no use
)

// label is what a word before a colon announces, and in which languages it does: a bit for each row of the table.
type label struct {
	field     field
	languages uint64
}

// english labels stand among those of every language: Gmail in Polish writes "Od", "Date", "Subject" and "To".
const (
	english     uint64 = 1
	anyLanguage        = ^uint64(0)
)

// labelTable holds the labels of header blocks as mail programs write them, by language: From | To | Cc | Bcc | Date and
// Sent | Subject. A language is added by adding a line. English comes first, Finnish is asked for by name.
var labelTable = []struct{ language, labels string }{
	{"en", "from|to|cc,copy|bcc|date,sent,sent on,date sent|subject"},
	{"fi", "lähettäjä|vastaanottaja,saaja|kopio|piilokopio|päiväys,lähetetty,päivämäärä,pvm|aihe,otsikko"},
	{"pl", "od,nadawca|do,adresat,odbiorca|dw,kopia,do wiadomości|udw,ukryta kopia|data,wysłano,wysłane,data wysłania|temat"},
	{"de", "von,absender|an,empfänger|cc,kopie,kopie (cc),kopie an|bcc,blindkopie,blindkopie (bcc)|datum,gesendet,gesendet am,gesendet um|betreff"},
	{"fr", "de,expéditeur|à,a,pour,destinataire|cc,copie,copie à|cci,copie cachée à|date,envoyé,envoyé le|objet,sujet"},
	{"es", "de,remitente|para,a|cc,copia|cco|fecha,enviado,enviado el,enviado el día,enviada el|asunto,sujeto"},
	{"it", "da,mittente|a,destinatario|cc|ccn|data,inviato,inviato il,data invio,inviata|oggetto"},
	{"pt", "de,remetente|para|cc|cco|data,enviado,enviada,enviada em,enviado em,enviado a|assunto"},
	{"nl", "van,afzender|aan|cc,kopie|bcc|datum,verzonden,verzonden op|onderwerp"},
	{"sv", "från|till|kopia,kopia till|hemlig kopia|datum,skickat,skickat den,skickades|ämne,rubrik"},
	{"no", "fra,avsender|til|kopi,kopi til|blindkopi|dato,sendt|emne"},
	{"da", "fra,afsender|til|cc,kopi|bcc|dato,sendt|emne"},
	{"is", "frá|til|afrit|falið afrit|dagsetning,sent|efni"},
	{"cs", "od,odesílatel|komu,pro|kopie,kopie komu|skrytá kopie|datum,odesláno|předmět"},
	{"sk", "od,odosielateľ|komu,pre|kópia|skrytá kópia|dátum,odoslané|predmet"},
	{"hu", "feladó|címzett|másolatot kap,másolat|titkos másolat|dátum,elküldve,küldve|tárgy"},
	{"ro", "de la,expeditor,expeditorul|către,catre,destinatar,destinatarul|cc|cci|data,dată,trimis,trimis la|subiect,subiectul"},
	{"tr", "kimden,gönderen|kime,alıcı|bilgi|gizli|tarih,gönderildi,gönderilen,gönderilme,gönderme tarihi,gönderilme tarihi|konu"},
	{"ru", "от,от кого,отправитель|кому|копия|скрытая копия|дата,отправлено|тема"},
	{"uk", "від,від кого,відправник|кому|копія|прихована копія|дата,надіслано,відправлено|тема"},
	{"bg", "от,подател|до,получател|копие|скрито копие|дата,изпратено|тема,относно"},
	{"el", "από,αποστολέας|προς|κοιν,κοινοποίηση|κρυφή κοιν|ημερομηνία,στάλθηκε,αποστολή,ημ/νία|θέμα"},
	{"hr", "od,šalje|za,prima|kopija|skrivena kopija|datum,poslano|predmet,naslov"},
	{"sr", "od,šalje,од,шаље|za,prima,за,прима|kopija,копија|skrivena kopija,скривена копија|datum,poslato,датум,послато|predmet,naslov,tema,предмет,наслов,тема"},
	{"sl", "od,pošiljatelj|za|kp|skp|datum,poslano|zadeva"},
	{"et", "saatja|saaja,kellele,adressaat|koopia|pimekoopia|kuupäev,saadetud,saatmisaeg|teema"},
	{"lv", "no|kam,adresāts|kopija|slēptā kopija|datums,nosūtīts|tēma,temats"},
	{"lt", "nuo,siuntėjas|kam,gavėjas|kopija|nematoma kopija|data,išsiųsta|tema"},
	{"ca", "de|per a,a|a/c|cco|data,enviat,enviat el|assumpte"},
	{"he", "מאת|אל|עותק|עותק מוסתר|תאריך,נשלח,בתאריך|נושא"},
	{"ar", "من|إلى|نسخة|نسخة مخفية|التاريخ,تاريخ الإرسال,تاريخ,تم الإرسال,المرسلة|الموضوع"},
	{"fa", "از|به|رونوشت|رونوشت مخفی|تاریخ,ارسال شده|موضوع"},
	{"zh", "发件人,寄件者,寄件人|收件人,收件者|抄送,副本|密送,密件副本|日期,发送时间,发送日期,寄件日期,傳送時間,时间|主题,主旨,主題,标题"},
	{"ja", "差出人,送信者,送信元|宛先,送信先|cc|bcc|日付,送信日時,日時|件名"},
	{"ko", "보낸 사람,보낸사람,발신|받는 사람,받는사람,수신|참조|숨은 참조|날짜,보낸 날짜,보낸날짜,일자|제목"},
	{"vi", "từ|đến,tới|cc|bcc|ngày,đã gửi|chủ đề"},
	{"id", "dari|kepada,ke|cc|bcc|tanggal,terkirim,dikirim|subjek,perihal"},
	{"ms", "daripada|kepada|sk|skt|tarikh,dihantar|subjek"},
	{"th", "จาก|ถึง|สำเนา|สำเนาลับ|วันที่,ส่ง|เรื่อง,หัวเรื่อง"},
}

// finnish is the bit of its row.
const finnish uint64 = 1 << 1

// otherLabels stand in header blocks of any language.
var otherLabels = map[field]string{
	replyToField: `reply-to,reply to,odpowiedź do,odpowiedź-do,odpowiedz do,antwort an,antwort-an,répondre à,responder a,rispondi a,antwoord aan,
		svar til,svara till,vastaus,odpověď na,odpovedať-pre,válaszcím,răspuns către,ответ-кому,кому відповісти,odgovori na,yanıt adresi`,
	idField:         "message-id",
	referencesField: "references,in-reply-to",
	ignoredField: `importance,ważność,wichtigkeit,priority,priorytet,priorität,attachments,attachment,załączniki,anlagen,sender,organization,
		organizacja,organisation,user-agent,mime-version,precedence,sent by`,
}

var labels = sync.OnceValue(func() map[string]label {
	table := map[string]label{}
	add := func(forms string, f field, languages uint64) {
		for form := range strings.SplitSeq(forms, ",") {
			form = foldLabel(form)
			table[form] = label{f, table[form].languages | languages}
		}
	}
	for f, forms := range otherLabels {
		add(forms, f, anyLanguage)
	}
	for i, row := range labelTable {
		for f, forms := range strings.Split(row.labels, "|") {
			add(forms, fromField+field(f), 1<<i)
		}
	}
	return table
})
