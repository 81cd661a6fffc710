# Everything that can be done with Lejek. Needs Go 1.26 and Node 20 or newer; what else it takes it installs itself.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench corpus browse synth deploy team user token token-revoke reminders restore

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Every Go file of a package, tests and other platforms included.
SOURCES = {{$$dir := .Dir}}{{range .GoFiles}}{{$$dir}}/{{.}} {{end}}{{range .TestGoFiles}}{{$$dir}}/{{.}} {{end}}{{range .XTestGoFiles}}{{$$dir}}/{{.}} {{end}}{{range .IgnoredGoFiles}}{{$$dir}}/{{.}} {{end}}

export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION = 20

define HELP
make run            the whole system on this machine, with a demo team; ARGS='-http 127.0.0.1:0 -data DIR …' changes how
make test           every test; one that cannot run fails instead of being skipped
make lint           formatting, go vet, staticcheck
make bench          calls, capacity units and time of each operation
make corpus         real mail over SMTP, twice, and what became of it; ARGS='-n 300', '-parse' or '-ready .local/ready.json'
make browse         /docs and the pages that links in mail lead to, tried in headless Chromium, which must be there; against what make run started
make synth          the CloudFormation template in cdk.out, without built functions
make deploy         a stage in your AWS account: make deploy STAGE=prod MAIL_DOMAIN=crm.example.com (docs/deploy.md)
make team           a new team: NAME=Acme EMAIL=ada@acme.example [USER_NAME=] [TZ=Europe/Warsaw] [CURRENCY=EUR] [STAGE=]
make user           a new user: TEAM=1 EMAIL=bob@acme.example [NAME=] [TZ=] [STAGE=]
make token          a new token of a user, shown once: TEAM=1 EMAIL=bob@acme.example [SCOPE=read-only] [STAGE=]
make token-revoke   revoke a user's tokens: TEAM=1 EMAIL=bob@acme.example [STAGE=]
make reminders      how long before an activity a user is reminded: TEAM=1 EMAIL=bob@acme.example MINUTES=30, -1 for never [STAGE=]
make restore        a team from an archive of its export, into an empty team: TEAM=2 FILE=acme.zip [STAGE= TABLE= DATA_BUCKET= MAIL_BUCKET=]
endef

help:
	$(info $(HELP))@:

run:
	@go run ./infra/local $(ARGS)

test:
	LEJEK_NO_SKIP=1 go test ./...

lint:
	@unformatted=$$(gofmt -l $$(go list -f '$(SOURCES)' ./...) </dev/null); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w these files:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

bench:
	go test -run '^$$' -bench . ./infra/bench

corpus:
	@go run ./infra/corpus $(ARGS)

browse:
	@node infra/node/browse/docs.cjs $(ARGS)
	@node infra/node/browse/pages.cjs $(ARGS)

synth:
	@go run ./infra/node/install
	node infra/node/node_modules/aws-cdk/bin/cdk synth --quiet -c placeholder=true \
		$(if $(STAGE),-c stage='$(STAGE)') $(if $(MAIL_DOMAIN),-c mailDomain='$(MAIL_DOMAIN)')

deploy:
	@go run ./infra/node/install
	go run ./infra/deploy -stage '$(STAGE)' -mail-domain '$(MAIL_DOMAIN)' -rule-set '$(RULE_SET)' -hosted-zone '$(HOSTED_ZONE)' \
		-api-domain '$(API_DOMAIN)' -certificate '$(CERTIFICATE)' -link-url '$(LINK_URL)' -alarm-email '$(ALARM_EMAIL)' \
		-rate-limit '$(RATE_LIMIT)' $(if $(YES),-yes)

# The six below speak to the local system, or with STAGE=… to a deployed one. Only what is given on make's command line
# counts, because EMAIL and TZ are often set in a shell for other purposes.
$(foreach v,NAME EMAIL USER_NAME TZ CURRENCY TEAM MINUTES SCOPE FILE TABLE DATA_BUCKET MAIL_BUCKET DATA STAGE,$(if $(filter command line,$(origin $v)),$(eval export LEJEK_$v := $$($v))))

team:
	@go run ./infra/admin team

user:
	@go run ./infra/admin user

token:
	@go run ./infra/admin token

token-revoke:
	@go run ./infra/admin token-revoke

restore:
	@go run ./infra/admin restore

reminders:
	@go run ./infra/admin reminders
