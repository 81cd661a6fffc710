"use strict";
// What the suite calls of v1 as it was: the older forms of deals, persons, organizations, activities, pipelines and stages.

const { ask, square, until } = require("./tools.cjs");

async function calls(suite) {
  const team = await board(suite);
  Object.assign(team, await contacts(suite));
  Object.assign(team, await deals(suite, team));
  await activities(suite, team);
  await picture(suite, team);
  await belonging(suite, team);
  await custom(suite, team);
  await searches(suite, team);
  await removal(suite, team);
}

async function board({ run }) {
  const pipeline = (await run("PipelinesApi.addPipeline", { PipelineRequest: { name: "Renewals", deal_probability: 1, order_nr: 2, active: 1 } })).data;
  await run("PipelinesApi.getPipelines");
  await run("PipelinesApi.getPipeline", { id: pipeline.id });
  await run("PipelinesApi.updatePipeline", { id: pipeline.id, PipelineRequest1: { name: "Renewal", order_nr: 1 } });
  const stage = (await run("StagesApi.addStage", { AddStageRequest: { name: "Asked", pipeline_id: pipeline.id, deal_probability: 40, rotten_flag: 1, rotten_days: 7 } })).data;
  await run("StagesApi.getStages", { pipeline_id: pipeline.id });
  await run("StagesApi.getStage", { id: stage.id });
  await run("StagesApi.updateStage", { id: stage.id, UpdateStageRequest: { name: "Was asked", order_nr: 1 } });
  return { pipeline, stage };
}

async function contacts({ run }) {
  const organization = (await run("OrganizationsApi.addOrganization", { AddOrganizationRequest: { name: "Winnica Łódź", visible_to: "3", label: 5, address: "Piotrkowska 1, Łódź" } })).data;
  const plain = (await run("OrganizationsApi.addOrganization", { AddOrganizationRequest: { name: "Bare", add_time: "2026-11-01 08:30:00" } })).data;
  await run("OrganizationsApi.getOrganizations", { limit: 1, first_char: "w", sort: "add_time DESC" });
  await run("OrganizationsApi.getOrganizations", { user_id: organization.owner_id.value });
  await run("OrganizationsApi.getOrganization", { id: organization.id });
  await run("OrganizationsApi.updateOrganization", { id: plain.id, UpdateOrganizationRequest: { name: "Barer", label_ids: [6] } });
  const person = (await run("PersonsApi.addPerson", {
    AddPersonRequest: {
      name: "Zofia Łąka", org_id: organization.id, email: [{ value: "zofia@winnica.example", primary: true, label: "work" }],
      phone: [{ value: "+48 601 700 800", primary: true, label: "mobile" }], label: 1, visible_to: "3", add_time: "2026-11-01 08:30:00",
    },
  })).data;
  const nobody = (await run("PersonsApi.addPerson", { AddPersonRequest: { name: "Nobody" } })).data;
  await run("PersonsApi.getPersons", { limit: 1, sort: "update_time DESC" });
  await run("PersonsApi.getPersons", { start: 1, limit: 1, first_char: "z" });
  await run("PersonsApi.getPerson", { id: person.id });
  const renamed = (await run("PersonsApi.updatePerson", { id: person.id, UpdatePersonRequest: { name: "Zosia Łąka", label_ids: [1, 2] } })).data;
  return { organization, plain, person: renamed, nobody };
}

async function deals({ run }, { person, organization, stage }) {
  const deal = (await run("DealsApi.addDeal", {
    AddDealRequest: {
      title: "Nine hundred labels", value: "1250.5", currency: "EUR", person_id: person.id, org_id: organization.id, stage_id: stage.id,
      expected_close_date: "2027-01-31", visible_to: "3", probability: 60,
    },
  })).data;
  const bare = (await run("DealsApi.addDeal", { AddDealRequest: { title: "Bare" } })).data;
  await run("DealsApi.getDeals", { limit: 1, sort: "id DESC" });
  await run("DealsApi.getDeals", { status: "all_not_deleted", owned_by_you: 1, start: 1 });
  await run("DealsApi.getDeal", { id: deal.id });
  await run("DealsApi.updateDeal", { id: bare.id, UpdateDealRequest: { status: "lost", lost_reason: "Too dear" } });
  return { deal, bare };
}

async function activities({ run }, { deal, person, organization }) {
  const activity = (await run("ActivitiesApi.addActivity", {
    AddActivityRequest: {
      subject: "Ring back", type: "call", deal_id: deal.id, org_id: organization.id, due_date: "2027-01-15", due_time: "09:30", duration: "00:30",
      participants: [{ person_id: person.id, primary_flag: true }], location: "Piotrkowska 1, Łódź", note: "<b>soon</b>", busy_flag: true, done: 0,
    },
  })).data;
  await run("ActivitiesApi.addActivity", { AddActivityRequest: { subject: "Bare" } });
  await run("ActivitiesApi.addActivity", { AddActivityRequest: { subject: "Rang", deal_id: deal.id, done: 1, due_date: "2026-11-20" } });
  await run("ActivitiesApi.getActivities", { user_id: 0, type: "call", done: 0, limit: 1 });
  await run("ActivitiesApi.getActivities", { start_date: "2027-01-01", end_date: "2027-01-31" });
  await run("ActivitiesApi.getActivity", { id: activity.id });
  await run("ActivitiesApi.updateActivity", { id: activity.id, UpdateActivityRequest: { subject: "Ring them back" } });
  await run("DealsApi.getDeal", { id: deal.id });
}

// picture gives the person one, as the client of today does.
async function picture({ run, url, token }, { person }) {
  const form = new FormData();
  form.append("file", new Blob([square()]), "zofia.gif");
  const put = await fetch(`${url}/v1/persons/${person.id}/picture`, { method: "POST", headers: { "x-api-token": token }, body: form });
  if (!put.ok) throw new Error(`the picture is refused: ${await put.text()}`);
  const seen = (await run("PersonsApi.getPerson", { id: person.id })).data;
  if (!(await fetch(seen.picture_id.pictures["128"])).ok) throw new Error("the picture is not shown");
}

async function belonging(suite, { deal, person, organization }) {
  const holds = async (name, parameters) => {
    if ((await suite.run(name, parameters)).data.length === 0) throw new Error(`${name} ${JSON.stringify(parameters)} holds nothing`);
  };
  await holds("DealsApi.getDealActivities", { id: deal.id, done: 0 });
  await holds("DealsApi.getDealPersons", { id: deal.id, limit: 1 });
  await suite.run("DealsApi.getDealProducts", { id: deal.id });
  await holds("PersonsApi.getPersonActivities", { id: person.id });
  await holds("PersonsApi.getPersonDeals", { id: person.id, status: "open", sort: "id DESC" });
  await holds("OrganizationsApi.getOrganizationActivities", { id: organization.id, start: 0 });
  await holds("OrganizationsApi.getOrganizationDeals", { id: organization.id, only_primary_association: 1 });
  await holds("OrganizationsApi.getOrganizationPersons", { id: organization.id });
}

// custom writes what a team's own fields hold, flat, and reads it back.
async function custom(suite, { deal, person, organization }) {
  for (const [entity, api, body, record] of [
    ["deal", "DealsApi.updateDeal", "UpdateDealRequest", deal], ["person", "PersonsApi.updatePerson", "UpdatePersonRequest", person],
    ["organization", "OrganizationsApi.updateOrganization", "UpdateOrganizationRequest", organization],
  ]) {
    const key = (await ask(suite, "POST", `/v1/${entity}Fields`, { name: "Worth", field_type: "monetary" })).data.key;
    const { data } = await suite.run(api, { id: record.id, [body]: { [key]: "12.5", [`${key}_currency`]: "PLN" } });
    if (data[key] !== 12.5 || data[`${key}_currency`] !== "PLN") throw new Error(`${api} keeps ${data[key]} ${data[`${key}_currency`]}`);
    await ask(suite, "DELETE", `/api/v2/${entity}Fields/${key}`);
  }
}

async function searches(suite, { deal, person, organization }) {
  const found = async (name, parameters) => (await suite.run(name, parameters)).data.items;
  await until(async () => (await ask(suite, "GET", "/api/v2/itemSearch?term=winnica%20lodz")).data.items.length > 0);
  const finds = async (name, parameters, id) => {
    if (!(await found(name, parameters)).some((i) => i.item.id === id)) throw new Error(`${name} ${JSON.stringify(parameters)} does not find ${id}`);
  };
  await finds("DealsApi.searchDeals", { term: "labels", fields: "title", person_id: person.id, status: "open", include_fields: "deal.cc_email" }, deal.id);
  await finds("PersonsApi.searchPersons", { term: "zosia", organization_id: organization.id, include_fields: "person.picture", limit: 1 }, person.id);
  await finds("OrganizationsApi.searchOrganization", { term: "winnica", exact_match: false, start: 0 }, organization.id);
  await finds("ItemSearchApi.searchItem", { term: "winnica lodz", item_types: "organization", search_for_related_items: true, limit: 1 }, organization.id);
  await suite.run("ItemSearchApi.searchItemByField", { term: "Nine", field_type: "dealField", field_key: "title", return_item_ids: true });
  await suite.run("ItemSearchApi.searchItemByField", { term: "inn", field_type: "organizationField", field_key: "name", limit: 1 });
}

async function removal({ run }, { deal, bare, person, nobody, organization, plain, pipeline, stage }) {
  const gone = (await run("ActivitiesApi.getActivities", { user_id: 0 })).data.map((a) => a.id);
  await run("ActivitiesApi.deleteActivity", { id: gone[0] });
  await run("ActivitiesApi.deleteActivities", { ids: gone.slice(1).join(",") });
  await run("DealsApi.deleteDeal", { id: bare.id });
  await run("DealsApi.deleteDeals", { ids: `${deal.id}` });
  await run("DealsApi.getDeals", { status: "deleted" });
  await run("PersonsApi.deletePerson", { id: nobody.id });
  await run("PersonsApi.deletePersons", { ids: `${person.id},${nobody.id}` });
  await run("OrganizationsApi.deleteOrganization", { id: plain.id });
  await run("OrganizationsApi.deleteOrganizations", { ids: `${organization.id}` });
  const another = (await run("StagesApi.addStage", { AddStageRequest: { name: "Answered", pipeline_id: pipeline.id } })).data;
  await run("StagesApi.deleteStages", { ids: `${another.id}` });
  await run("StagesApi.deleteStage", { id: stage.id });
  await run("PipelinesApi.deletePipeline", { id: pipeline.id });
}

module.exports = { calls };
