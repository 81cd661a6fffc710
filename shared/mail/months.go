package mail

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// monthNames hold the twelve months of a language, each with its written forms.
var monthNames = []string{
	"january february march april may june july august september october november december",
	"stycznia/styczeń lutego/luty marca/marzec kwietnia/kwiecień maja/maj czerwca/czerwiec lipca/lipiec sierpnia/sierpień września/wrzesień/wrz października/październik/paź listopada/listopad grudnia/grudzień",
	"januar/jänner februar märz/mrz april mai juni juli august september oktober november dezember",
	"janvier février/fevrier mars avril mai juin juillet/juil août/aout septembre octobre novembre décembre/decembre",
	"enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre",
	"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	"janeiro fevereiro março/marco abril maio junho julho agosto setembro outubro novembro dezembro",
	"januari februari maart/mrt april mei juni juli augustus september oktober november december",
	"januari februari mars april maj juni juli augusti september oktober november december",
	"januar februar marts/mars april maj/mai juni juli august september oktober november december/desember",
	"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
	"ledna/leden února/únor března/březen dubna/duben května/květen června/červen července/červenec srpna/srpen září října/říjen listopadu/listopad prosince/prosinec",
	"januára/január februára/február marca/marec apríla/apríl mája/máj júna/jún júla/júl augusta/august septembra/september októbra/október novembra/november decembra/december",
	"január február március április május június július augusztus szeptember október november december",
	"ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
	"ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
	"января/январь февраля/февраль марта/март апреля/апрель мая/май июня/июнь июля/июль августа/август сентября/сентябрь октября/октябрь ноября/ноябрь декабря/декабрь",
	"січня/січень лютого/лютий березня/березень квітня/квітень травня/травень червня/червень липня/липень серпня/серпень вересня/вересень жовтня/жовтень листопада/листопад грудня/грудень",
	"януари февруари март април май юни юли август септември октомври ноември декември",
	"јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
	"januar februar mart april maj jun jul avgust septembar oktobar novembar decembar",
	"ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου/μαίου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
	"sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
	"janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris",
	"jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
	"januar februar marec april maj junij julij avgust september oktober november december",
	"gener febrer març abril maig juny juliol agost/ag setembre octubre novembre desembre",
	"janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
	"januari februari maret april mei juni juli agustus september oktober november desember",
	"januari februari mac april mei jun julai ogos september oktober november disember",
	"ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
	"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
	"كانون.الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين.الأول تشرين.الثاني كانون.الأول",
	"ژانویه/ژانویهٔ فوریه/فوریهٔ مارس آوریل مه/مهٔ ژوئن ژوئیه/ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر",
	"มกราคม/ม.ค กุมภาพันธ์/ก.พ มีนาคม/มี.ค เมษายน/เม.ย พฤษภาคม/พ.ค มิถุนายน/มิ.ย กรกฎาคม/ก.ค สิงหาคม/ส.ค กันยายน/ก.ย ตุลาคม/ต.ค พฤศจิกายน/พ.ย ธันวาคม/ธ.ค",
	"जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
}

// croatianMonths are kept apart: "listopada" is October there and November in Polish, and "lip" and "srp" are a month off too.
var croatianMonths = map[string]int{
	"siječnja": 1, "sij": 1, "veljače": 2, "velj": 2, "ožujka": 3, "ožu": 3, "travnja": 4, "tra": 4, "svibnja": 5, "svi": 5, "lipnja": 6, "lip": 6,
	"srpnja": 7, "srp": 7, "kolovoza": 8, "kol": 8, "rujna": 9, "ruj": 9, "listopada": 10, "lis": 10, "studenoga": 11, "studenog": 11, "stu": 11,
	"prosinca": 12, "pro": 12,
}

// months maps every form, and every abbreviation of three letters and more, to the months that it means, the likeliest first: the
// full form, then the languages in the order of the table. It is made when it is first asked for, so that a start does not pay for it.
var months = sync.OnceValue(func() map[string][]int {
	table := map[string][]int{}
	add := func(form string, month int) {
		if !slices.Contains(table[form], month) {
			table[form] = append(table[form], month)
		}
	}
	for _, abbreviated := range []bool{false, true} {
		for _, language := range monthNames {
			for i, forms := range strings.Fields(language) {
				for form := range strings.SplitSeq(forms, "/") {
					form = plainDate(strings.ReplaceAll(form, ".ا", " ا"))
					if !abbreviated {
						add(form, i+1)
						continue
					}
					for size := range form {
						if abbreviation := form[:size]; utf8.RuneCountInString(abbreviation) >= 3 && !strings.HasSuffix(abbreviation, ".") {
							add(abbreviation, i+1)
						}
					}
				}
			}
		}
	}
	for form, month := range croatianMonths {
		add(form, month)
	}
	return table
})

// monthsOf reads a word of a date: "juin", "Sept.", "d’octubre", "באוק׳".
func monthsOf(word string) []int {
	word = strings.Trim(word, ".-׳'’॰")
	for _, prefix := range []string{"d’", "d'"} {
		word = strings.TrimPrefix(word, prefix)
	}
	if found := months()[word]; found != nil {
		return found
	}
	if hebrew, ok := strings.CutPrefix(word, "ב"); ok {
		return months()[hebrew]
	}
	return nil
}
