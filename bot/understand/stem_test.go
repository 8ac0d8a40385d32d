package understand

import "testing"

func TestFormsOfAWordMeet(t *testing.T) {
	for lang, groups := range map[string][][]string{
		"nl": {
			{"foto", "fotos", "fotootje"},
			{"dreig", "dreigt", "dreigde", "dreigen", "gedreigd"},
			{"bedreig", "bedreigt", "bedreigd", "bedreigen", "bedreigde"},
			{"chanteer", "chanteert", "chanteren", "gechanteerd", "chanteerde"},
			{"stuur", "stuurt", "sturen", "gestuurd", "stuurde"},
			{"doorstuur", "doorstuurt", "doorsturen", "doorgestuurd"},
			{"naakt", "naakte"},
			{"leef", "leeft", "leefde", "geleefd"},
			{"zeg", "zegt", "zeggen"},
			{"vriend", "vrienden", "vriendje", "vriendjes"},
			{"film", "filmpje", "filmpjes", "filmen", "gefilmd", "filmt"},
			{"verspreid", "verspreidt", "verspreiden"},
			{"deel", "deelt", "delen", "gedeeld"},
			{"maak", "maakt", "maken", "gemaakt"},
			{"trainer", "trainers"},
			{"kind", "kinderen", "kindje"},
			{"blokkeer", "blokkeren", "geblokkeerd"},
		},
		"en": {
			{"pic", "pics"},
			{"share", "shares", "sharing", "shared"},
			{"threaten", "threatens", "threatening", "threatened"},
			{"stop", "stops", "stopping", "stopped"},
			{"blackmail", "blackmails", "blackmailing", "blackmailed"},
			{"send", "sends", "sending", "sent"},
			{"party", "parties"},
			{"force", "forces", "forced", "forcing"},
			{"take", "took", "taken", "taking"},
			{"child", "children"},
		},
	} {
		stem := stemmerFor(lang)
		for _, group := range groups {
			want := stem(group[0])
			for _, w := range group[1:] {
				if got := stem(w); got != want {
					t.Errorf("%s: %s becomes %q, %s becomes %q", lang, group[0], want, w, got)
				}
			}
		}
	}
}

func TestOtherWordsStayApart(t *testing.T) {
	for lang, pairs := range map[string][][2]string{
		"nl": {{"been", "ben"}, {"boos", "bos"}, {"haat", "hat"}, {"meisje", "mei"}, {"naam", "nam"}, {"zaak", "zak"}, {"mens", "men"}, {"nooit", "noot"}, {"geld", "gel"}},
		"en": {{"being", "be"}, {"bed", "be"}, {"thing", "the"}, {"us", "use"}, {"this", "thi"}, {"need", "nee"}, {"bus", "bu"}},
	} {
		stem := stemmerFor(lang)
		for _, p := range pairs {
			if stem(p[0]) == stem(p[1]) {
				t.Errorf("%s: %s and %s both become %q", lang, p[0], p[1], stem(p[0]))
			}
		}
	}
}
