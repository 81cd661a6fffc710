package mail

import (
	"strings"
	"unicode/utf8"
)

// monthNames hold the twelve months of a language, each with its written forms. Croatian is missing on purpose: its
// "listopad" is October, the Polish and Czech one November.
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
	"ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου/μαίου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
	"sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
	"janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris",
	"jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
	"januar februar marec april maj junij julij avgust september oktober november december",
	"בינואר/ינואר בפברואר/פברואר במרץ/מרץ באפריל/אפריל במאי/מאי ביוני/יוני ביולי/יולי באוגוסט/אוגוסט בספטמבר/ספטמבר באוקטובר/אוקטובר בנובמבר/נובמבר בדצמבר/דצמבר",
	"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}

// months maps every form, and every abbreviation of three letters and more that means one month only, to its number.
var months = func() map[string]int {
	table, full := map[string]int{}, map[string]int{}
	for _, language := range monthNames {
		for i, forms := range strings.Fields(language) {
			for form := range strings.SplitSeq(forms, "/") {
				full[form] = i + 1
				for size := range form {
					if abbreviation := form[:size]; utf8.RuneCountInString(abbreviation) >= 3 {
						if m, ok := table[abbreviation]; ok && m != i+1 {
							table[abbreviation] = 0 // two months somewhere: means nothing
						} else {
							table[abbreviation] = i + 1
						}
					}
				}
			}
		}
	}
	for form, month := range full {
		table[form] = month
	}
	return table
}()
