"use strict";
// What the suite calls, in an order in which each call finds what it needs: first the records, last their removal.

const { fields } = require("./fields.cjs");
const { ask, square, until } = require("./tools.cjs");

async function calls(suite) {
  const team = await board(suite);
  Object.assign(team, await contacts(suite));
  Object.assign(team, await deals(suite, team));
  Object.assign(team, await activities(suite, team));
  await followers(suite, team);
  await fields(suite, team);
  await filters(suite, team);
  await picture(suite, team);
  await searches(suite, team);
  await byField(suite);
  await removal(suite, team);
}

async function followers({ run }, { deal, person, organization }) {
  const user = deal.owner_id;
  for (const [kind, id] of [["Deal", deal.id], ["Person", person.id], ["Organization", organization.id]]) {
    const api = `${kind}sApi.`;
    await run(`${api}add${kind}Follower`, { id, AddDealFollowerRequest: { user_id: user } });
    await run(`${api}get${kind}Followers`, { id, limit: 1 });
    await run(`${api}delete${kind}Follower`, { id, follower_id: user });
    await run(`${api}get${kind}FollowersChangelog`, { id });
  }
  await run("UsersApi.getUserFollowers", { id: user }, { shared: true }); // each team has a first user
}

async function board({ run }) {
  const pipeline = (await run("PipelinesApi.addPipeline", { AddPipelineRequest: { name: "Renewals", is_deal_probability_enabled: true } })).data;
  await run("PipelinesApi.getPipelines", { sort_by: "update_time", sort_direction: "desc", limit: 1 });
  await run("PipelinesApi.getPipeline", { id: pipeline.id });
  await run("PipelinesApi.updatePipeline", { id: pipeline.id, UpdatePipelineRequest: { name: "Renewal" } });
  const stage = (await run("StagesApi.addStage", {
    AddStageRequest: { name: "Asked", pipeline_id: pipeline.id, deal_probability: 40, is_deal_rot_enabled: true, days_to_rotten: 7 },
  })).data;
  await run("StagesApi.getStages", { pipeline_id: pipeline.id, sort_by: "order_nr" });
  await run("StagesApi.getStage", { id: stage.id });
  await run("StagesApi.updateStage", { id: stage.id, UpdateStageRequest: { name: "Was asked" } });
  return { pipeline, stage };
}

async function contacts({ run }) {
  const organization = (await run("OrganizationsApi.addOrganization", {
    AddOrganizationRequest: { name: "Winnica Łódź", visible_to: 3, address: { value: "Piotrkowska 1, Łódź" } },
  })).data;
  const plain = (await run("OrganizationsApi.addOrganization", { AddOrganizationRequest: { name: "Bare" } })).data;
  await run("OrganizationsApi.getOrganizations", { limit: 1 });
  await run("OrganizationsApi.getOrganizations", { ids: `${organization.id},${plain.id}` });
  await run("OrganizationsApi.getOrganization", { id: organization.id });
  await run("OrganizationsApi.getOrganization", { id: organization.id }, { all: true });
  await run("OrganizationsApi.getOrganizations", {}, { all: true });
  await run("OrganizationsApi.updateOrganization", { id: organization.id, UpdateOrganizationRequest: { name: "Winnica Łódź Sp." } });
  const person = (await run("PersonsApi.addPerson", {
    AddPersonRequest: {
      name: "Zofia Łąka", org_id: organization.id, emails: [{ value: "zofia@winnica.example", primary: true, label: "work" }],
      phones: [{ value: "+48 601 700 800", primary: true, label: "mobile" }],
    },
  })).data;
  await run("PersonsApi.addPerson", { AddPersonRequest: { name: "Nobody" } });
  await run("PersonsApi.getPersons", { org_id: organization.id });
  await run("PersonsApi.getPersons", { limit: 1, sort_by: "add_time" });
  await run("PersonsApi.getPerson", { id: person.id });
  await run("PersonsApi.getPerson", { id: person.id }, { all: true });
  await run("PersonsApi.getPersons", {}, { all: true });
  const renamed = (await run("PersonsApi.updatePerson", { id: person.id, UpdatePersonRequest: { first_name: "Zosia" } })).data;
  return { organization, person: renamed };
}

async function deals({ run }, { person, organization, stage }) {
  const deal = (await run("DealsApi.addDeal", {
    AddDealRequest: { title: "Nine hundred labels", value: 1250.5, currency: "EUR", person_id: person.id, org_id: organization.id, stage_id: stage.id, expected_close_date: "2027-01-31" },
  })).data;
  const bare = (await run("DealsApi.addDeal", { AddDealRequest: { title: "Bare" } })).data;
  await run("DealsApi.getDeals", { limit: 1 });
  await run("DealsApi.getDeals", { ids: `${deal.id},${bare.id}`, sort_by: "update_time", status: "open" });
  await run("DealsApi.getDeal", { id: deal.id });
  await run("DealsApi.getDeal", { id: deal.id }, { all: true });
  await run("DealsApi.getDeals", {}, { all: true });
  await run("DealsApi.updateDeal", { id: deal.id, UpdateDealRequest: { status: "won" } });
  await run("DealsApi.updateDeal", { id: bare.id, UpdateDealRequest: { status: "lost", lost_reason: "Too dear", is_archived: true } });
  await run("DealsApi.getArchivedDeals", { status: "lost" });
  return { deal };
}

async function activities({ run }, { deal, person, organization }) {
  const activity = (await run("ActivitiesApi.addActivity", {
    AddActivityRequest: {
      subject: "Ring back", type: "call", deal_id: deal.id, org_id: organization.id, due_date: "2027-01-15", due_time: "09:30", duration: "00:30",
      participants: [{ person_id: person.id, primary: true }], location: { value: "Piotrkowska 1, Łódź" }, note: "<b>soon</b>",
    },
  })).data;
  await run("ActivitiesApi.addActivity", { AddActivityRequest: { subject: "Bare" } });
  await run("ActivitiesApi.getActivities", { deal_id: deal.id, done: false, sort_by: "due_date" });
  await run("ActivitiesApi.getActivities", { limit: 1 });
  await run("ActivitiesApi.getActivity", { id: activity.id });
  await run("ActivitiesApi.updateActivity", { id: activity.id, UpdateActivityRequest: { done: true } });
  return { activity };
}

// filters asks each list by a filter, which v1 makes.
async function filters(suite, { deal, person, organization, activity }) {
  for (const [type, object, field, list, record] of [
    ["deals", "deal", "title", "DealsApi.getDeals", deal], ["people", "person", "name", "PersonsApi.getPersons", person],
    ["org", "organization", "name", "OrganizationsApi.getOrganizations", organization], ["activity", "activity", "subject", "ActivitiesApi.getActivities", activity],
  ]) {
    const known = await ask(suite, "GET", `/v1/${object}Fields`);
    const field_id = String(known.data.find((f) => f.key === field).id);
    const conditions = { glue: "and", conditions: [{ glue: "and", conditions: [{ object, field_id, operator: "LIKE '$%'", value: record[field] }] }, { glue: "or", conditions: [] }] };
    const filter = await ask(suite, "POST", "/v1/filters", { name: type, type, conditions });
    const { data } = await suite.run(list, { filter_id: filter.data.id });
    if (!data.some((found) => found.id === record.id)) throw new Error(`${list} by a filter does not find ${record.id}`);
  }
}

// picture gives the person one: that is an operation of v1.
async function picture({ run, url, token }, { person }) {
  const form = new FormData();
  form.append("file", new Blob([square()]), "zofia.gif");
  const put = await fetch(`${url}/v1/persons/${person.id}/picture`, { method: "POST", headers: { "x-api-token": token }, body: form });
  if (!put.ok) throw new Error(`the picture is refused: ${await put.text()}`);
  const { pictures } = (await run("PersonsApi.getPersonPicture", { id: person.id })).data;
  for (const side of ["128", "512"]) {
    const shown = await fetch(pictures[side]);
    if (shown.headers.get("content-type") !== "image/jpeg") throw new Error(`the picture of ${side} pixels is not shown: ${shown.status}`);
  }
}

async function searches({ run }, { deal }) {
  await until(async () => (await run("DealsApi.searchDeals", { term: "hundred" })).data.items.some(({ item }) => item.id === deal.id));
  await until(async () => (await run("PersonsApi.searchPersons", { term: "zofia@winnica", fields: "email" })).data.items.length > 0);
  await until(async () => (await run("OrganizationsApi.searchOrganization", { term: "lodz" })).data.items.length > 0);
  await run("DealsApi.searchDeals", { term: "hundred", include_fields: "deal.cc_email" });
  await run("PersonsApi.searchPersons", { term: "łąka", include_fields: "person.picture" });
  await run("ItemSearchApi.searchItem", { term: "winnica", search_for_related_items: true, include_fields: "deal.cc_email" });
  await run("ItemSearchApi.searchItem", { term: "labels", item_types: "deal", limit: 1 });
}

// byField asks for the values of one field.
async function byField({ run }) {
  const { data } = await run("ItemSearchApi.searchItemByField", { term: "Nine", entity_type: "deal", field: "title", match: "beginning" });
  if (data.length !== 1) throw new Error(`a search by field finds ${JSON.stringify(data)}`);
}

async function removal({ run }, { deal, person, organization, activity, stage, pipeline }) {
  await run("ActivitiesApi.deleteActivity", { id: activity.id });
  await run("DealsApi.deleteDeal", { id: deal.id });
  await run("PersonsApi.deletePerson", { id: person.id });
  await run("OrganizationsApi.deleteOrganization", { id: organization.id });
  await run("StagesApi.deleteStage", { id: stage.id });
  await run("PipelinesApi.deletePipeline", { id: pipeline.id });
}

module.exports = { calls };
