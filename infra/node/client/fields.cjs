"use strict";
// The client's calls for fields, and for records that hold values of them.

const { strict: assert } = require("node:assert");

// values are one of each type; those that point at a record are added with it.
const values = {
  varchar: "short", varchar_auto: "auto", text: "long", phone: "+48 601 700 800", double: 1.5, monetary: { value: 12.5, currency: "EUR" },
  date: "2027-01-31", daterange: { value: "2027-01-01", until: "2027-01-31" },
  time: { value: "09:30:00", timezone_id: null, timezone_name: "Europe/Warsaw" },
  timerange: { value: "09:30:00", until: "10:00:00", timezone_id: null, timezone_name: "Europe/Warsaw" }, enum: 1, set: [2, 1],
  address: {
    value: "Piotrkowska 1, Łódź", country: "Poland", admin_area_level_1: null, admin_area_level_2: null, locality: "Łódź", sublocality: null,
    route: null, street_number: null, subpremise: null, postal_code: null, formatted_address: "Piotrkowska 1, 90-000 Łódź",
  },
};

async function fields({ run }, { deal, person, organization }) {
  await entity(run, "Deal", { user: 1, people: person.id, org: organization.id }, (write) =>
    run("DealsApi.updateDeal", { id: deal.id, UpdateDealRequest: write }), (show) => run("DealsApi.getDeal", { id: deal.id, ...show }));
  await entity(run, "Person", { org: organization.id }, (write) =>
    run("PersonsApi.updatePerson", { id: person.id, UpdatePersonRequest: write }), (show) => run("PersonsApi.getPerson", { id: person.id, ...show }));
  await entity(run, "Organization", { people: person.id }, (write) =>
    run("OrganizationsApi.updateOrganization", { id: organization.id, UpdateOrganizationRequest: write }), (show) => run("OrganizationsApi.getOrganization", { id: organization.id, ...show }));
  await run("ActivityFieldsApi.getActivityFields", { limit: 500, include_fields: "ui_visibility" });
  await run("ActivityFieldsApi.getActivityField", { field_code: "type", include_fields: "ui_visibility" }, { shared: true });
}

// entity makes a field of each type, has a record hold a value of each, and takes them away again.
async function entity(run, name, links, update, get) {
  const on = (method, parameters, options) => run(`${name}FieldsApi.${method.replace("Field", `${name}Field`)}`, parameters, options);
  const custom = {};
  let chosen;
  for (const [type, value] of Object.entries({ ...values, ...links })) {
    const options = type === "enum" || type === "set" ? [{ label: "Small" }, { label: "Large" }] : undefined;
    const made = (await on("addField", { [`Add${name}FieldRequest`]: { field_name: `A ${type}`, field_type: type, options } })).data;
    custom[made.field_code] = value;
    if (type === "enum") chosen = made.field_code;
  }
  assert.deepEqual((await update({ custom_fields: custom })).data.custom_fields, custom);
  assert.deepEqual((await get({ include_option_labels: true })).data.custom_fields[chosen], { id: 1, label: "Small" });

  await on("getFields", { limit: 500, include_fields: "ui_visibility,important_fields,required_fields" });
  await on("getField", { field_code: chosen, include_fields: "ui_visibility,important_fields,required_fields" });
  await on("updateField", { field_code: chosen, [`Update${name}FieldRequest`]: { field_name: "Size", ui_visibility: { add_visible_flag: true } } });
  const [added] = (await on("addFieldOptions", { field_code: chosen, AddDealFieldOptionsRequestInner: [{ label: "Medium" }] })).data;
  await on("updateFieldOptions", { field_code: chosen, UpdateDealFieldOptionsRequestInner: [{ id: added.id, label: "Middle" }] });
  await on("deleteFieldOptions", { field_code: chosen, DeleteDealFieldOptionsRequestInner: [{ id: added.id }] });

  const [label] = (await on("addFieldOptions", { field_code: "label_ids", AddDealFieldOptionsRequestInner: [{ label: "Gold" }] }, { shared: true })).data;
  await update({ label_ids: [label.id] });
  assert.deepEqual((await get({ include_labels: true })).data.labels, [{ id: label.id, label: "Gold" }]);

  await on("deleteField", { field_code: chosen });
  assert.ok(!(chosen in (await get({})).data.custom_fields));
}

module.exports = { fields };
