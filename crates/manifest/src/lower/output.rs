//! From what is to be told to what that takes.

use model::desired::Output;

use super::Declared;
use crate::context::Context;
use crate::syntax::output::Told;
use crate::syntax::{Field, Section};
use crate::variables::declared_twice;

impl Declared {
    pub(super) fn outputs(&mut self, section: Field<Section<Told>>, cx: &mut Context<'_>) {
        let Field::Given(section) = section else { return };
        for named in section.value.members {
            if let Some(first) = self.desired.outputs.get(&named.name) {
                let what = format!("the output `{}`", named.name);
                cx.complain(declared_twice(&what, first.span, named.span));
                continue;
            }
            let Some(Told { address, field, span }) = named.record else { continue };
            self.mention("outputs", &address, span);
            self.desired.outputs.insert(named.name, Output { span: named.span, address, field });
        }
    }
}
