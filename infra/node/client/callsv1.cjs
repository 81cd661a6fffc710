"use strict";
// What the suite calls of v1. Deals, persons, organizations and activities are made by v2, which has them.

const { ask, square, until } = require("./tools.cjs");

async function calls(suite) {
  const team = await records(suite);
  await fields(suite);
  await filters(suite, team);
  await types(suite);
  await notes(suite, team);
  await files(suite, team);
  await mailbox(suite, team);
  await relations(suite, team);
  await picture(suite, team);
  await details(suite, team);
  await reports(suite, team);
  await users(suite, team);
  await webhooks(suite);
  await participants(suite, team);
  await merges(suite);
  await recents(suite, team);
  await removal(suite, team);
}

async function records(suite) {
  const make = async (path, body) => (await ask(suite, "POST", "/api/v2" + path, body)).data;
  const organization = await make("/organizations", { name: "Winnica Łódź", address: { value: "Piotrkowska 1, Łódź" } });
  const other = await make("/organizations", { name: "Bare" });
  const person = await make("/persons", { name: "Zofia Łąka", org_id: organization.id, emails: [{ value: "zofia@winnica.example" }], phones: [{ value: "+48 601 700 800" }] });
  const deal = await make("/deals", { title: "Nine hundred labels", value: 1250.5, person_id: person.id, expected_close_date: "2027-01-31", label_ids: [] });
  const bare = await make("/deals", { title: "Bare" });
  await ask(suite, "PATCH", `/api/v2/deals/${deal.id}`, { value: 1300 });
  const activity = await make("/activities", { subject: "Ring back", type: "call", deal_id: deal.id, due_date: "2027-01-15", due_time: "09:30", duration: "00:30" });
  await make("/activities", { subject: "Bare" });
  const pipeline = await make("/pipelines", { name: "Renewals" });
  const stage = await make("/stages", { name: "Asked", pipeline_id: pipeline.id });
  return { organization, other, person, deal, bare, activity, pipeline, stage };
}

async function fields({ run }) {
  for (const name of ["Deal", "Person", "Organization"]) {
    const on = (method, parameters, options) => run(`${name}FieldsApi.${method.replace("Field", `${name}Field`)}`, parameters, options);
    const made = (await on("addField", { CreateFieldRequest: { name: "Size", field_type: "enum", options: [{ label: "Small" }, { label: "Large" }], add_visible_flag: true } })).data;
    const second = (await on("addField", { CreateFieldRequest: { name: "Colour", field_type: "varchar" } })).data;
    const third = (await on("addField", { CreateFieldRequest: { name: "Weight", field_type: "double" } })).data;
    await on("getFields", { start: 0, limit: 500 });
    await on("getFields", { start: 0, limit: 1 });
    await on("getField", { id: made.id });
    await on("updateField", { id: made.id, UpdateFieldRequest: { name: "Format", options: [...made.options, { label: "Medium" }] } });
    await on("deleteField", { id: made.id });
    await on("deleteFields", { ids: `${second.id},${third.id}` });
  }
  await run("ActivityFieldsApi.getActivityFields");
  await run("NoteFieldsApi.getNoteFields");
}

async function filters({ run }, { deal }) {
  await run("FiltersApi.getFilterHelpers");
  const known = (await run("DealFieldsApi.getDealFields")).data;
  const field_id = String(known.find((f) => f.key === "title").id);
  const conditions = { glue: "and", conditions: [{ glue: "and", conditions: [{ object: "deal", field_id, operator: "=", value: deal.title, extra_value: null }] }, { glue: "or", conditions: [] }] };
  const make = async (name) => (await run("FiltersApi.addFilter", { AddFilterRequest: { name, type: "deals", conditions } })).data.id;
  const [first, second, third] = [await make("One"), await make("Two"), await make("Three")];
  await run("FiltersApi.getFilters", { type: "deals" });
  await run("FiltersApi.getFilter", { id: first, include_field_code: true });
  await run("FiltersApi.updateFilter", { id: first, UpdateFilterRequest: { name: "First" } });
  await run("FiltersApi.deleteFilter", { id: first });
  await run("FiltersApi.deleteFilters", { ids: `${second},${third}` });
}

async function types({ run }) {
  await run("ActivityTypesApi.getActivityTypes");
  const { id } = (await run("ActivityTypesApi.addActivityType", { AddActivityTypeRequest: { name: "Visit", icon_key: "car", color: "FFAA00" } })).data;
  await run("ActivityTypesApi.updateActivityType", { id, UpdateActivityTypeRequest: { name: "Site visit", order_nr: 3 } });
  await run("ActivityTypesApi.deleteActivityType", { id });
  await run("CurrenciesApi.getCurrencies", { term: "zloty" });
  await run("CurrenciesApi.getCurrencies");
}

async function notes({ run }, { deal, person, organization }) {
  const note = (await run("NotesApi.addNote", { AddNoteRequest: { content: "<b>call back</b>", deal_id: deal.id, person_id: person.id, org_id: organization.id, pinned_to_deal_flag: 1 } })).data;
  await run("NotesApi.addNote", { AddNoteRequest: { content: "bare", person_id: person.id } });
  await run("NotesApi.getNotes", { deal_id: deal.id, pinned_to_deal_flag: 1, sort: "update_time DESC" });
  await run("NotesApi.getNotes", { limit: 1 });
  await run("NotesApi.getNote", { id: note.id });
  await run("NotesApi.updateNote", { id: note.id, NoteRequest: { content: "called", pinned_to_deal_flag: 0 } });
  const comment = (await run("NotesApi.addNoteComment", { id: note.id, CommentPostPutObject: { content: "well" } })).data;
  await run("NotesApi.getNoteComments", { id: note.id, limit: 1 });
  await run("NotesApi.getComment", { id: note.id, commentId: comment.uuid });
  await run("NotesApi.updateCommentForNote", { id: note.id, commentId: comment.uuid, CommentPostPutObject: { content: "very well" } });
  await run("NotesApi.deleteComment", { id: note.id, commentId: comment.uuid });
  await run("NotesApi.deleteNote", { id: note.id });
}

async function files({ run }, { deal, activity }) {
  const text = "nine hundred labels";
  const file = (await run("FilesApi.addFile", { file: new File([text], "labels.txt", { type: "text/plain" }), deal_id: deal.id })).data;
  await run("FilesApi.addFile", { file: new File([text], "bare.pdf"), activity_id: activity.id });
  await run("FilesApi.getFiles", { sort: "update_time DESC", limit: 1 });
  await run("FilesApi.getFile", { id: file.id });
  await run("FilesApi.updateFile", { id: file.id, name: "list.txt", description: "all of them" });
  const bytes = Buffer.from(await run("FilesApi.downloadFile", { id: file.id }));
  if (bytes.toString() !== text) throw new Error(`the file holds ${bytes}`);
  await run("FilesApi.addFileAndLinkIt", { file_type: "gdoc", title: "Labels", item_type: "deal", item_id: deal.id, remote_location: "googledrive" }, { refused: /not supported/ });
  await run("FilesApi.linkFileToItem", { item_type: "deal", item_id: deal.id, remote_id: "1", remote_location: "googledrive" }, { refused: /not supported/ });
  await run("FilesApi.deleteFile", { id: file.id });
}

// mailbox finds what came in before the suite began.
async function mailbox({ run }, { deal }) {
  const threads = (await run("MailboxApi.getMailThreads", { folder: "inbox", limit: 500 })).data;
  await run("MailboxApi.getMailThreads", { folder: "sent" });
  const { id } = threads[0];
  await run("MailboxApi.getMailThread", { id });
  const [message] = (await run("MailboxApi.getMailThreadMessages", { id })).data;
  await run("MailboxApi.getMailMessage", { id: message.id });
  const whole = (await run("MailboxApi.getMailMessage", { id: message.id, include_body: 1 })).data;
  if (!whole.body.includes("labels")) throw new Error(`the message holds ${whole.body}`);
  await run("MailboxApi.updateMailThreadDetails", { id, deal_id: deal.id, shared_flag: 1, read_flag: 1 });
}

async function relations({ run }, { organization, other }) {
  const body = { type: "parent", rel_owner_org_id: organization.id, rel_linked_org_id: other.id };
  const { id } = (await run("OrganizationRelationshipsApi.addOrganizationRelationship", { AddOrganizationRelationshipRequest: body })).data;
  await run("OrganizationRelationshipsApi.getOrganizationRelationships", { org_id: organization.id });
  await run("OrganizationRelationshipsApi.getOrganizationRelationship", { id, org_id: other.id });
  await run("OrganizationRelationshipsApi.updateOrganizationRelationship", { id, OrganizationRelationship: { type: "related" } });
  await run("OrganizationRelationshipsApi.deleteOrganizationRelationship", { id });
}

async function picture({ run }, { person }) {
  await run("PersonsApi.addPersonPicture", { id: person.id, file: new File([square()], "zofia.gif", { type: "image/gif" }), crop_x: 0, crop_y: 0, crop_width: 128, crop_height: 128 });
}

async function details({ run }, { deal, person, organization }) {
  for (const [kind, { id, owner_id }] of [["Deal", deal], ["Person", person], ["Organization", organization]]) {
    await run(`${kind}sApi.add${kind}Follower`, { id, [`Add${kind}FollowerRequest`]: { user_id: owner_id } });
    await run(`${kind}sApi.get${kind}Followers`, { id });
    await run(`${kind}sApi.delete${kind}Follower`, { id, follower_id: owner_id });
  }
  await run("UsersApi.getUserFollowers", { id: deal.owner_id }, { shared: true }); // each team has a first user
  for (const [kind, { id }] of [["Deal", deal], ["Person", person], ["Organization", organization]]) {
    const on = (method, parameters) => run(`${kind}sApi.get${kind}${method}`, { id, ...parameters });
    await on("Updates", { all_changes: "1" });
    await on("Updates", { limit: 1, items: "change" });
    await on("Changelog", { limit: 1 });
    await on("Files", { sort: "id DESC" });
    await on("MailMessages", { include_body: 1 });
    await on("Users");
  }
}

async function participants(suite, { deal }) {
  const { run } = suite;
  const person = (await ask(suite, "POST", "/api/v2/persons", { name: "Jan Nowak", emails: [{ value: "jan@winnica.example" }] })).data;
  const added = (await run("DealsApi.addDealParticipant", { id: deal.id, AddDealParticipantRequest: { person_id: person.id } })).data;
  await run("DealsApi.getDealParticipants", { id: deal.id, start: 0, limit: 10 });
  await run("DealsApi.getDealParticipants", { id: deal.id, start: 0, limit: 1 });
  await run("DealsApi.deleteDealParticipant", { id: deal.id, deal_participant_id: added.id });
  await run("DealsApi.getDealParticipantsChangelog", { id: deal.id });
}

// merges has one of two bare records absorbed by the other.
async function merges(suite) {
  for (const [Kind, path, name] of [["Deal", "/deals", "title"], ["Person", "/persons", "name"], ["Organization", "/organizations", "name"]]) {
    const make = async (text) => (await ask(suite, "POST", "/api/v2" + path, { [name]: text })).data.id;
    const merge_with_id = await make("Survivor");
    await suite.run(`${Kind}sApi.merge${Kind}s`, { id: await make("Absorbed"), [`Merge${Kind}sRequest`]: { merge_with_id } });
  }
}

async function reports(suite, { deal, bare, person, pipeline, stage }) {
  const { run } = suite;
  await run("DealsApi.duplicateDeal", { id: deal.id });
  await run("PersonsApi.getPersonProducts", { id: person.id });
  await run("PipelinesApi.getPipelineDeals", { id: deal.pipeline_id, everyone: 1, get_summary: 1, limit: 1 }, { shared: true });
  await run("PipelinesApi.getPipelineDeals", { id: pipeline.id });
  await run("StagesApi.getStageDeals", { id: deal.stage_id, limit: 1 }, { shared: true });
  await run("StagesApi.getStageDeals", { id: stage.id, everyone: 1 });
  await run("DealsApi.getDealsSummary", { status: "open" });
  await run("DealsApi.getArchivedDealsSummary");
  await ask(suite, "PATCH", `/api/v2/deals/${bare.id}`, { is_archived: true });
  await run("DealsApi.getArchivedDeals", { limit: 1 });
  const day = bare.add_time.slice(0, 10);
  await run("DealsApi.getDealsTimeline", { start_date: day, interval: "month", amount: 2, field_key: "add_time", totals_convert_currency: "default_currency" });
  await run("PipelinesApi.getPipelineConversionStatistics", { id: pipeline.id, start_date: day, end_date: day });
  await run("PipelinesApi.getPipelineConversionStatistics", { id: 1, start_date: day, end_date: day }, { shared: true });
  await run("PipelinesApi.getPipelineMovementStatistics", { id: pipeline.id, start_date: day, end_date: day });
  await run("PipelinesApi.getPipelineMovementStatistics", { id: 1, start_date: day, end_date: day }, { shared: true });
}

async function users({ run }) {
  const me = (await run("UsersApi.getCurrentUser")).data;
  await run("UsersApi.getUsers");
  const { id } = (await run("UsersApi.addUser", { AddUserRequest: { email: "kim@demo.example", access: [{ app: "sales", admin: false }], active_flag: true } })).data;
  await run("UsersApi.getUser", { id });
  await run("UsersApi.findUsersByName", { term: me.email, search_by_email: 1 });
  await run("UsersApi.updateUser", { id, UpdateUserRequest: { active_flag: false } });
  await run("UsersApi.getUserPermissions", { id });
  await run("UsersApi.getUserRoleAssignments", { id, limit: 1 });
  await run("UsersApi.getUserRoleSettings", { id });
  await run("UserSettingsApi.getUserSettings");
  await run("UserConnectionsApi.getUserConnections");
  await run("GoalsApi.getGoals", { is_active: true });
  const roles = (await run("RolesApi.getRoles")).data;
  await run("RolesApi.getRole", { id: roles[0].id }, { shared: true });
  const sets = (await run("PermissionSetsApi.getPermissionSets", { app: "sales" })).data;
  await run("PermissionSetsApi.getPermissionSet", { id: sets[0].id }, { shared: true });
}

async function webhooks({ run }) {
  const { id } = (await run("WebhooksApi.addWebhook", {
    AddWebhookRequest: { subscription_url: "https://hooks.example/deals", event_action: "change", event_object: "deal", name: "Deals", http_auth_user: "kim", http_auth_password: "secret" },
  })).data;
  await run("WebhooksApi.addWebhook", { AddWebhookRequest: { subscription_url: "https://hooks.example/all", event_action: "*", event_object: "*", name: "All" } });
  await run("WebhooksApi.getWebhooks");
  await run("WebhooksApi.deleteWebhook", { id });
}

// recents waits until changes are old enough to be told.
async function recents({ run }) {
  for (const items of ["activity", "activityType", "deal", "file", "filter", "note", "person", "organization", "pipeline", "stage", "user"]) {
    await until(async () => (await run("RecentsApi.getRecents", { since_timestamp: "2026-01-01 00:00:00", items })).data.length > 0);
  }
  await run("RecentsApi.getRecents", { since_timestamp: "2026-01-01 00:00:00", items: "product" });
  await run("RecentsApi.getRecents", { since_timestamp: "2026-01-01 00:00:00", limit: 1 });
}

async function removal({ run }, { person }) {
  await run("PersonsApi.deletePersonPicture", { id: person.id });
  const [{ id }] = (await run("MailboxApi.getMailThreads", { folder: "inbox" })).data;
  await run("MailboxApi.deleteMailThread", { id });
}

module.exports = { calls };
